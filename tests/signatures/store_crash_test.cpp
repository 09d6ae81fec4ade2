// SPDX-License-Identifier: Apache-2.0
// A change of a store that dies at any of its steps, and what is on the disk when the power goes.
#include "store_fixture.h"

#include "tests/support/traced.h"

#include <map>

namespace postern::signatures::tests {
namespace {

using postern::tests::FileStep;
using postern::tests::trace_file_steps;
using postern::tests::Traced;

class StoreCrash : public StoreTest {
protected:
    void SetUp() override {
        for (const char* name : {"A", "B", "C"}) set(name);
        store().activate(set("A"));
        store().activate(set("B"));
        fs::copy(place_, folder_.path() / "before", fs::copy_options::recursive);
    }
    void begin_anew() const {
        fs::remove_all(place_);
        fs::copy(folder_.path() / "before", place_, fs::copy_options::recursive);
    }

    // Kills `change` before each of its steps; the state is then one of two, what it names is whole, and the
    // next change goes well.
    void at_every_step(const std::function<void()>& change) {
        const StoreState before = store().state();
        StoreState after;
        const Traced whole = trace_file_steps(change);
        if (!whole.possible) GTEST_SKIP() << "nobody may trace here";
        ASSERT_TRUE(whole.whole);
        after = store().state();
        ASSERT_NE(generations(before), generations(after));
        ASSERT_GE(whole.steps.size(), 4u);
        for (std::size_t step = 0; step < whole.steps.size(); ++step) {
            begin_anew();
            ASSERT_FALSE(trace_file_steps(change, step).whole);
            const StoreState now = store().state();
            EXPECT_TRUE(now == before || generations(now) == generations(after)) << "killed before step " << step;
            for (const StoredSet& one : store().list()) EXPECT_EQ(one.error, "") << "killed before step " << step;
            store().activate(set("C"));
            for (const std::string& file : files()) EXPECT_FALSE(has(file, ".new-")) << file;
        }
    }
    static std::vector<std::string> generations(const StoreState& state) {
        std::vector<std::string> all;
        for (const Activation& one : state.active) all.push_back(one.generation);
        all.push_back(state.shadow ? state.shadow->generation : "none");
        return all;
    }
};

TEST_F(StoreCrash, AnActivationIsDoneOrNot) {
    at_every_step([this] { store().activate(set("C")); });
}

TEST_F(StoreCrash, AStepBackIsDoneOrNot) {
    at_every_step([this] { store().roll_back(); });
}

TEST_F(StoreCrash, AShadowIsThereOrNot) {
    at_every_step([this] { store().activate_shadow(set("C")); });
}

TEST_F(StoreCrash, PruningForgetsBeforeItDeletes) {
    store().activate(set("C"));
    fs::remove_all(folder_.path() / "before");
    fs::copy(place_, folder_.path() / "before", fs::copy_options::recursive);
    at_every_step([this] { store().prune(2); });
}

// A name is given to a file only when its octets are on the disk, and the state names a set only when that
// one's name is.
TEST_F(StoreCrash, WhatIsNamedIsOnTheDiskBefore) {
    fs::remove_all(place_);
    const Traced traced = trace_file_steps([this] { store().activate(set("C")); });
    if (!traced.possible) GTEST_SKIP() << "nobody may trace here";
    std::map<std::string, bool> dirty;  // written to, or a name in it changed, and not synced since
    std::size_t renames = 0;
    for (const FileStep& step : traced.steps) {
        const auto above = [](const std::string& path) { return fs::path(path).parent_path().native(); };
        if (step.call == "write") dirty[step.path] = true;
        if (step.call == "create" && step.path != (place_ / "lock")) dirty[above(step.path)] = true;
        if (step.call == "mkdir") dirty[above(step.path)] = true;
        if (step.call == "fsync") dirty[step.path] = false;
        if (step.call != "rename") continue;
        ++renames;
        EXPECT_FALSE(dirty[step.path]) << step.path << " had octets that were not on the disk";
        if (step.to == place_ / "state") {
            EXPECT_FALSE(dirty[place_ / "sets"]) << "the set had no name on the disk";
        }
        dirty[above(step.to)] = true;
    }
    EXPECT_EQ(renames, 2u);
    for (const auto& [path, is_dirty] : dirty) EXPECT_FALSE(is_dirty) << path;
}

}  // namespace
}  // namespace postern::signatures::tests
