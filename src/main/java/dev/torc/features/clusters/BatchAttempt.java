package dev.torc.features.clusters;

import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An attempt that is in a batch script or ready for one, with its last known state and its
 * listener. {@link BatchTracker} decides what to do next.
 */
final class BatchAttempt {

  /** The end of an attempt that was ended because all attempts were. */
  static final ProcessEnd INTERRUPTED = ProcessEnd.unknown(ProcessEnd.How.INTERRUPTED, "");

  /** The end of an attempt if torc ends before the attempt was handed out. */
  static final ProcessEnd NOT_REACHED = ProcessEnd.unknown(ProcessEnd.How.NOT_REACHED, "");

  private static final ProcessEnd PASSED_ON = ProcessEnd.unknown(ProcessEnd.How.PASSED_ON, "");

  /** How far an attempt has come; it only moves to later states. */
  enum State {
    OUT, // ready, or in a script that was handed out
    BEGUN,
    CANCELLED, // its script says so; the scheduler has not said why
    OVER,
    /** Nothing that its scripts wrote is needed anymore. */
    RECORDED
  }

  final RemoteAttempt attempt; // null if an earlier torc handed it out
  final int resent; // how often it was resubmitted: its node failed, or no node started it
  private final List<HandedOutAttempt> places; // where earlier scripts left files
  private RemoteListener listener;
  private HandedOutAttempt place;
  private State state = State.OUT;
  private ProcessEnd end; // kept until a job asks; null if it never ran, or its node failed
  private List<HandedOutAttempt> endPlaces; // where scripts left files; null before the end
  private boolean told; // the listener knows that the scheduler has it
  private boolean waits; // the listener knows that the queue is full
  boolean unwanted; // no job of this build wants it
  ArrayTask task; // its task in the script; null before it is in one

  BatchAttempt(RemoteAttempt attempt, RemoteListener listener) {
    this(attempt, listener, List.of(), attempt.own() == null ? 0 : attempt.own().lost());
  }

  BatchAttempt(HandedOutAttempt place) {
    this(null, null, List.of(), 0);
    this.place = place;
  }

  private BatchAttempt(
      RemoteAttempt attempt, RemoteListener listener, List<HandedOutAttempt> places, int resent) {
    this.attempt = attempt;
    this.listener = listener;
    this.places = new ArrayList<>(places);
    this.resent = resent;
  }

  /** Puts it into a script, with a claim of letters, digits, {@code -} and {@code _}. */
  BatchAttempt in(BatchFolder folder, String claim) {
    Map<Path, String> links = new LinkedHashMap<>(attempt.folders().ways());
    links.values().removeIf(String::isEmpty);
    place = new HandedOutAttempt(folder, attempt.key(), claim, attempt.products(), links);
    return this;
  }

  /** Returns its place in the folder of its current script. */
  HandedOutAttempt place() {
    return place;
  }

  RemoteAttempt.RemoteKey key() {
    return place.key();
  }

  String claim() {
    return place.claim();
  }

  /** Returns whether an earlier torc handed it out and no job has asked for it yet. */
  boolean isOrphan() {
    return listener == null && !unwanted;
  }

  /** Moves to a state; returns false if the attempt already reached or passed it. */
  boolean note(State next) {
    boolean news = next.compareTo(state) > 0;
    state = news ? next : state;
    return news;
  }

  boolean isOver() {
    return state.compareTo(State.OVER) >= 0;
  }

  boolean isRecorded() {
    return state == State.RECORDED;
  }

  boolean isCancelled() {
    return state == State.CANCELLED;
  }

  /** Returns the places where scripts wrote, including the current script, in which it began. */
  List<HandedOutAttempt> places() {
    List<HandedOutAttempt> all = new ArrayList<>(places);
    all.add(place);
    return all;
  }

  /** Returns the places where files lie from before the attempt began in its current script. */
  List<HandedOutAttempt> earlierPlaces() {
    return place != null && place.isCleared() ? places() : List.copyOf(places);
  }

  /**
   * Gives the attempt and {@code more} places of its job to a listener, with the end of an ended
   * one.
   */
  void handTo(RemoteListener to, List<HandedOutAttempt> more) {
    listener = to;
    places.addAll(0, more);
    if (endPlaces != null) {
      List<HandedOutAttempt> all = new ArrayList<>(more);
      all.addAll(endPlaces);
      to.ended(end, all);
    }
  }

  /** Tells the listener, once, that the scheduler has the attempt. */
  void submitted(String id) {
    if (listener != null && !told) {
      told = true;
      listener.submitted(id);
    }
  }

  /** Tells the listener, once, that the attempt waits since the queue is full. */
  void waits() {
    if (!waits) {
      waits = true;
      listener.waits();
    }
  }

  /**
   * Ends this attempt, which did not begin in its script, and returns a successor for another
   * script. Returns null if an earlier torc handed it out: then its job is started instead.
   */
  BatchAttempt again() {
    return successor(earlierPlaces(), resent);
  }

  /** Returns a successor, as {@link #again} does, after no machine started the script. */
  BatchAttempt againUnstarted() {
    return successor(earlierPlaces(), resent + 1);
  }

  /**
   * Returns a successor, as {@link #again} does, after the node failed; null for a job in a folder
   * of its own, which ends.
   */
  BatchAttempt againAfterNodeFailure() {
    if (attempt != null) {
      listener.nodeFailed();
    }
    if (attempt != null && attempt.own() != null) {
      end(null, places());
      return null;
    }
    return successor(places(), resent + 1);
  }

  private BatchAttempt successor(List<HandedOutAttempt> there, int submissions) {
    if (attempt == null) {
      end(null, there);
      return null;
    }
    note(there.contains(place) ? State.OVER : State.RECORDED);
    return new BatchAttempt(attempt, listener, there, submissions);
  }

  /**
   * Ends it. {@code there} has the places where its scripts wrote, the latest last. {@code how} is
   * null if the job must be started: an earlier torc handed the attempt out, and it never ran or
   * its node failed.
   */
  void end(ProcessEnd how, List<HandedOutAttempt> there) {
    note(place != null && there.contains(place) ? State.OVER : State.RECORDED);
    if (listener != null) {
      listener.ended(how, there);
    } else { // kept until a job asks for it
      end = how;
      endPlaces = there;
    }
  }

  /** Ends an attempt that never began in its current script. */
  void endUnbegun(ProcessEnd how) {
    end(how, earlierPlaces());
  }

  /** Returns the end of an attempt that could not start, or is not known to have succeeded. */
  static ProcessEnd failed(String why) {
    return ProcessEnd.unknown(ProcessEnd.How.NOT_STARTED, why);
  }

  /** Returns where the attempt left files if it ended before a job asked for it; else null. */
  List<HandedOutAttempt> endPlaces() {
    return endPlaces;
  }

  /**
   * Returns whether the attempt ended before a job asked for it, and never ran or lost its node.
   */
  boolean isNothing() {
    return endPlaces != null && end == null;
  }

  /** Stops watching the attempt, and tells its listener whether it was handed out. */
  void stopWatching(boolean out) {
    if (!isOver() && listener != null) {
      listener.ended(out ? PASSED_ON : NOT_REACHED, List.of());
    }
  }
}
