package dev.torc.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What came out of one case: the runs of each contestant, what was noticed, and what was wrong. A
 * case with something wrong has no figures that count.
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

  /** The runs of one contestant, nothing where it was not there. */
  Optional<Series> series(String contestant) {
    return Optional.ofNullable(series.get(contestant));
  }

  /** Sets how many jobs a contestant ran in each round. */
  void jobs(String contestant, int count) {
    jobs.put(contestant, count);
  }

  /** How many jobs each contestant ran, where jobs were counted. */
  SequencedMap<String, Integer> jobs() {
    return jobs;
  }

  /** Sets a number that no run alone has. */
  void extra(String key, double value) {
    extras.put(key, value);
  }

  /** Such a number, nothing where it could not be told. */
  Optional<Double> extra(String key) {
    return Optional.ofNullable(extras.get(key));
  }

  /** Something that a reader of the figures has to know. */
  void note(String line) {
    if (!notes.contains(line)) {
      notes.add(line);
    }
  }

  List<String> notes() {
    return notes;
  }

  /** Something that must not be: the figures mean nothing. */
  void fault(String line) {
    faults.add(line);
  }

  List<String> faults() {
    return faults;
  }
}
