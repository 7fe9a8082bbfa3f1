package dev.torc.cluster;

import dev.torc.cluster.RemoteAttempt.HandedOutAttempt;
import dev.torc.cluster.RemoteAttempt.RemoteListener;
import dev.torc.local.ProcessEnd;
import java.util.ArrayList;
import java.util.List;

/**
 * An attempt in a batch's script, or ready for one: how far it has come, as far as is known here,
 * and what its asker is told of that. What follows is for {@link BatchTracker}.
 */
final class BatchJob {

  /** It was ended with all the others. */
  static final ProcessEnd INTERRUPTED = ProcessEnd.unknown(ProcessEnd.How.INTERRUPTED, "");

  /** Torc ends before it was handed out. */
  static final ProcessEnd NOT_REACHED = ProcessEnd.unknown(ProcessEnd.How.NOT_REACHED, "");

  private static final ProcessEnd LEFT = ProcessEnd.unknown(ProcessEnd.How.LEFT, "");

  /** How far it has come; it never goes back. */
  private enum State {
    /** Ready, or in a script that was handed out. */
    OUT,
    BEGUN,
    /** Its script was told to end, and ended it; why is still to be asked for. */
    CANCELLED,
    OVER,
    /** Nothing of it is of use any more. */
    RECORDED
  }

  final RemoteAttempt attempt; // null where an earlier torc handed it out
  final int losses; // how often it was lost though it had begun
  private final List<HandedOutAttempt> places; // where earlier scripts left something of it
  private RemoteListener listener;
  private HandedOutAttempt place;
  private State state = State.OUT;
  private ProcessEnd end; // that no job was told
  private List<HandedOutAttempt> left; // where its scripts left something; null until such an end
  private boolean told; // that the scheduler has it
  boolean unwanted; // by any job of this build
  RemoteBatch.ArrayTask task; // of its script; null before it is in one

  /** One that is ready. */
  BatchJob(RemoteAttempt attempt, RemoteListener listener) {
    this(attempt, listener, List.of(), 0);
  }

  /** One that an earlier torc handed out. */
  BatchJob(HandedOutAttempt place) {
    this(null, null, List.of(), 0);
    this.place = place;
  }

  private BatchJob(
      RemoteAttempt attempt, RemoteListener listener, List<HandedOutAttempt> places, int losses) {
    this.attempt = attempt;
    this.listener = listener;
    this.places = new ArrayList<>(places);
    this.losses = losses;
  }

  /** It is put into a script, under a name of letters, digits, {@code -} and {@code _}. */
  BatchJob in(BatchFolder folder, String claim) {
    place = new HandedOutAttempt(folder, attempt.key(), claim, attempt.products());
    return this;
  }

  /** Where its present script says what becomes of it. */
  HandedOutAttempt place() {
    return place;
  }

  RemoteAttempt.RemoteKey key() {
    return place.key();
  }

  String claim() {
    return place.claim();
  }

  /** Whether an earlier torc handed it out and no job has asked for it yet. */
  boolean isLost() {
    return listener == null && !unwanted;
  }

  /** Returns whether that is news. */
  private boolean set(State next) {
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

  /** Where its scripts left something, if it began in this one too. */
  List<HandedOutAttempt> places() {
    List<HandedOutAttempt> all = new ArrayList<>(places);
    all.add(place);
    return all;
  }

  /** Likewise, if it did not: then only what torc cleared for it may lie there. */
  List<HandedOutAttempt> earlierPlaces() {
    return place != null && place.isCleared() ? places() : List.copyOf(places);
  }

  /**
   * A job asks for it: it is told what is known.
   *
   * @param more places where others of its job left something
   */
  void hand(RemoteListener to, List<HandedOutAttempt> more) {
    listener = to;
    places.addAll(0, more);
    if (left != null) {
      List<HandedOutAttempt> all = new ArrayList<>(more);
      all.addAll(left);
      to.ended(end, all);
    }
  }

  /** Tells once that the scheduler has it. */
  void submitted(String id) {
    if (listener != null && !told) {
      told = true;
      listener.submitted(id);
    }
  }

  /** It began; returns whether that is news. */
  boolean begun() {
    return set(State.BEGUN);
  }

  /** Its script was told to end, and ended it. */
  void cancelled() {
    set(State.CANCELLED);
  }

  /** Its end is recorded. */
  void recorded() {
    set(State.RECORDED);
  }

  /**
   * The same attempt for another script; it did not begin in this one. Null where an earlier torc
   * handed it out: the job that asks for it is told to start it.
   */
  BatchJob anew() {
    return again(earlierPlaces(), losses);
  }

  /** Likewise, where nothing in that script began. */
  BatchJob unbegun() {
    return again(earlierPlaces(), losses + 1);
  }

  /** Likewise, as it was lost. */
  BatchJob lost() {
    if (attempt != null) {
      listener.lost();
    }
    return again(places(), losses + 1);
  }

  private BatchJob again(List<HandedOutAttempt> there, int lost) {
    if (attempt == null) {
      end(null, there);
      return null;
    }
    set(there.contains(place) ? State.OVER : State.RECORDED);
    return new BatchJob(attempt, listener, there, lost);
  }

  /**
   * It is over.
   *
   * @param how null where nothing of it is out any more and it is to be started, as for one that an
   *     earlier torc handed out and that never ran or was lost
   * @param there where its scripts left something, the one that ended so last
   */
  void end(ProcessEnd how, List<HandedOutAttempt> there) {
    set(place != null && there.contains(place) ? State.OVER : State.RECORDED);
    if (listener != null) {
      listener.ended(how, there);
    } else { // until a job asks for it
      end = how;
      left = there;
    }
  }

  /** It is over and never began in this script. */
  void endUnbegun(ProcessEnd how) {
    end(how, earlierPlaces());
  }

  /** It could not be started, or be known to have ended well. */
  static ProcessEnd failed(String why) {
    return ProcessEnd.unknown(ProcessEnd.How.NOT_STARTED, why);
  }

  /** Where its scripts left something, of an end that no job was told. */
  List<HandedOutAttempt> left() {
    return left;
  }

  /** Whether it is known that it never ran, or was lost. */
  boolean isNothing() {
    return left != null && end == null;
  }

  /**
   * It is looked after no more.
   *
   * @param out whether it was handed out
   */
  void leave(boolean out) {
    if (!isOver() && listener != null) {
      listener.ended(out ? LEFT : NOT_REACHED, List.of());
    }
  }
}
