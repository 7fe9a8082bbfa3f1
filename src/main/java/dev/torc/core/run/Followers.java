package dev.torc.core.run;

import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.model.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What features do in a build beside the attempts: gates before starts, listeners and ends. A
 * feature may be several of them. Each is called in the order of the features.
 */
public final class Followers {

  /** A {@link StartGate}, {@link BuildListener} or {@link BuildEnd}. */
  public interface Follower {}

  /** Makes the followers of a build, in their order. */
  public interface Maker {
    List<Follower> followers(BuildSetup setup, BuildState state, EventSender sender);
  }

  private final List<StartGate> gates = new ArrayList<>(2);
  final List<BuildListener> listeners = new ArrayList<>();
  final List<BuildEnd> ends = new ArrayList<>();

  Followers(List<Follower> all) {
    for (Follower each : all) {
      if (each instanceof StartGate gate) {
        gates.add(gate);
      }
      if (each instanceof BuildListener listener) {
        listeners.add(listener);
      }
      if (each instanceof BuildEnd end) {
        ends.add(end);
      }
    }
  }

  /** Asks all gates, since each may begin something. */
  boolean mayStart() {
    return gates.stream().filter(gate -> !gate.mayStart()).count() == 0;
  }

  /** Asks all gates about a job, since each may begin something. */
  boolean mayStart(int job) {
    return gates.stream().filter(gate -> !gate.mayStart(job)).count() == 0;
  }

  boolean holdsJobs() {
    return gates.stream().anyMatch(StartGate::holdsJobs);
  }

  String refusal(Job job) {
    Stream<String> refusals = gates.stream().map(gate -> gate.refusal(job));
    return refusals.filter(Objects::nonNull).findFirst().orElse(null);
  }

  boolean refusesAll() {
    return gates.stream().anyMatch(StartGate::refusesAll);
  }

  boolean isBusy() {
    return ends.stream().anyMatch(BuildEnd::isBusy);
  }

  boolean readsRecords() {
    return ends.stream().anyMatch(BuildEnd::readsRecords);
  }
}
