package dev.torc.core.run;

import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.model.Job;
import java.util.ArrayList;
import java.util.List;

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

  boolean mayStart() {
    boolean may = true;
    for (StartGate gate : gates) {
      may &= gate.mayStart();
    }
    return may;
  }

  boolean mayStart(int job) {
    boolean may = true;
    for (StartGate gate : gates) {
      may &= gate.mayStart(job);
    }
    return may;
  }

  boolean holdsJobs() {
    boolean holds = false;
    for (StartGate gate : gates) {
      holds |= gate.holdsJobs();
    }
    return holds;
  }

  String refusal(Job job) {
    String refusal = null;
    for (StartGate gate : gates) {
      refusal = refusal == null ? gate.refusal(job) : refusal;
    }
    return refusal;
  }

  boolean refusesAll() {
    boolean refuses = false;
    for (StartGate gate : gates) {
      refuses |= gate.refusesAll();
    }
    return refuses;
  }

  boolean isBusy() {
    boolean busy = false;
    for (BuildEnd end : ends) {
      busy |= end.isBusy();
    }
    return busy;
  }

  boolean readsRecords() {
    boolean reads = false;
    for (BuildEnd end : ends) {
      reads |= end.readsRecords();
    }
    return reads;
  }
}
