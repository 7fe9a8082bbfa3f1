package dev.torc.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The outcome of one case: the runs of each contestant, notes, and faults. The figures of a case
 * with a fault do not count.
 */
final class Result {

  private final String name;
  private final String title;
  private final List<Target> targets;
  private final SequencedMap<String, Series> series = new LinkedHashMap<>();
  private final SequencedMap<String, Integer> jobs = new LinkedHashMap<>();
  private final Map<String, Double> extras = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  Result(String name, String title, List<Target> targets) {
    this.name = name;
    this.title = title;
    this.targets = List.copyOf(targets);
  }

  /** The case's name, as the option takes it. */
  String name() {
    return name;
  }

  /** The case in words. */
  String title() {
    return title;
  }

  List<Target> targets() {
    return targets;
  }

  /** Adds a run. */
  void add(String contestant, Usage usage) {
    series.computeIfAbsent(contestant, _ -> new Series()).add(usage);
  }

  /** All runs, by contestant. */
  SequencedMap<String, Series> series() {
    return series;
  }

  /** The runs of one contestant; empty if it did not take part. */
  Optional<Series> series(String contestant) {
    return Optional.ofNullable(series.get(contestant));
  }

  /** Sets how many jobs a contestant ran in each round. */
  void jobs(String contestant, int count) {
    jobs.put(contestant, count);
  }

  /** How many jobs each contestant ran; empty if jobs were not counted. */
  SequencedMap<String, Integer> jobs() {
    return jobs;
  }

  /** Sets a number of the case as a whole, beside the figures of its runs. */
  void extra(String key, double value) {
    extras.put(key, value);
  }

  /** A number of the case as a whole; empty if it could not be measured. */
  Optional<Double> extra(String key) {
    return Optional.ofNullable(extras.get(key));
  }

  /** Adds a line that a reader of the figures has to know. */
  void note(String line) {
    if (!notes.contains(line)) {
      notes.add(line);
    }
  }

  List<String> notes() {
    return notes;
  }

  /** Adds an error, after which the figures mean nothing. */
  void fault(String line) {
    faults.add(line);
  }

  List<String> faults() {
    return faults;
  }
}
