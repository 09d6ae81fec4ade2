// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <map>

namespace postern::app::telemetry {

namespace {

prometheus::Labels theirs(const Labels& labels) {
    return {labels.begin(), labels.end()};
}

}  // namespace

void Counter::add(double amount) {
    counter_->Increment(amount);
}
void Gauge::set(double value) {
    gauge_->Set(value);
}
void Histogram::observe(double value) {
    histogram_->Observe(value);
}

std::vector<double> latency_buckets() {
    return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
            0.25,   0.5,     1,      2.5,   5,      10,    30,   60,    300};
}

struct Metrics::State {
    prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
    std::mutex mutex;
    std::map<std::string, std::pair<Labels, prometheus::Gauge*>> only;
    std::vector<std::function<void()>> refreshes;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}

Metrics::~Metrics() = default;

Counter Metrics::counter(const MetricName& name, const Labels& labels) {
    return Counter(prometheus::BuildCounter()
                       .Name(name.name)
                       .Help(name.help)
                       .Register(state_->registry)
                       .Add(theirs(labels)));
}

Gauge Metrics::gauge(const MetricName& name, const Labels& labels) {
    return Gauge(prometheus::BuildGauge()
                     .Name(name.name)
                     .Help(name.help)
                     .Register(state_->registry)
                     .Add(theirs(labels)));
}

Histogram Metrics::histogram(const MetricName& name, const std::vector<double>& buckets,
                             const Labels& labels) {
    auto& family =
        prometheus::BuildHistogram().Name(name.name).Help(name.help).Register(state_->registry);
    return Histogram(family.Add(theirs(labels), buckets));
}

Gauge Metrics::only_gauge(const MetricName& name, const Labels& labels) {
    const std::lock_guard lock(state_->mutex);
    auto& family =
        prometheus::BuildGauge().Name(name.name).Help(name.help).Register(state_->registry);
    auto& [known, gauge] = state_->only[name.name];
    if (gauge != nullptr && known != labels) family.Remove(gauge);
    known = labels;
    gauge = &family.Add(theirs(labels));
    return Gauge(*gauge);
}

void Metrics::before_text(std::function<void()> refresh) {
    const std::lock_guard lock(state_->mutex);
    state_->refreshes.push_back(std::move(refresh));
}

std::string Metrics::text() const {
    std::vector<std::function<void()>> refreshes;
    {
        const std::lock_guard lock(state_->mutex);
        refreshes = state_->refreshes;
    }
    for (const auto& refresh : refreshes) refresh();
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

std::string BoundedLabel::of(std::string_view value) {
    const std::lock_guard lock(mutex_);
    if (known_.find(value) != known_.end()) return std::string(value);
    if (known_.size() >= most_) return "other";
    return *known_.emplace(value).first;
}

}  // namespace postern::app::telemetry
