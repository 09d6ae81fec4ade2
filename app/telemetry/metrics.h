// SPDX-License-Identifier: Apache-2.0
// Metrics: counters, gauges and histograms under one registry, in Prometheus' words.
//
// Names begin with "postern_", have a base unit (seconds, bytes) and, for counters, "_total" at
// their end. Labels come from lists that are short and known: never an address, a name or anything
// else from a message.
//
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace postern::app::telemetry {

// What a metric is called, and what it is for people.
struct MetricName {
    std::string name;
    std::string help;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

// Handles: as good as the Metrics they come from, and cheap to copy.
class Counter {
public:
    explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
    void add(double amount = 1);

private:
    prometheus::Counter* counter_;
};

class Gauge {
public:
    explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
    void set(double value);

private:
    prometheus::Gauge* gauge_;
};

class Histogram {
public:
    explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
    void observe(double value);

private:
    prometheus::Histogram* histogram_;
};

// Upper ends of buckets from 100 microseconds to five minutes.
std::vector<double> latency_buckets();

class Metrics {
public:
    Metrics();
    ~Metrics();

    // The same name and labels give the same metric again.
    Counter counter(const MetricName& name, const Labels& labels = {});
    Gauge gauge(const MetricName& name, const Labels& labels = {});
    Histogram histogram(const MetricName& name, const std::vector<double>& buckets,
                        const Labels& labels = {});

    // The only one of its name: those with other labels are gone.
    Gauge only_gauge(const MetricName& name, const Labels& labels);

    // Called before every text(): for values that change by themselves.
    void before_text(std::function<void()> refresh);

    // The text exposition format, version 0.0.4.
    std::string text() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// A label's value from a list that nobody wrote down: the first `most` values, "other" for all that
// come later.
class BoundedLabel {
public:
    explicit BoundedLabel(std::size_t most = 32) : most_(most) {}
    std::string of(std::string_view value);

private:
    const std::size_t most_;
    std::mutex mutex_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace postern::app::telemetry
