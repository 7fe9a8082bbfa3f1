package dev.torc.cluster;

/** Is told what becomes of an attempt that a scheduler runs, by the thread that sees to it. */
public interface RemoteListener {

  /**
   * It was handed out.
   *
   * @param id the scheduler's; null where that is not known
   */
  void submitted(String id);

  /** It had begun and is lost; it is handed out anew. */
  void lost();

  /** It is over; called once. */
  void ended(RemoteEnd end);

  /**
   * Nobody looks after it any more, instead of {@link #ended}.
   *
   * @param out whether it was handed out, so that a later build finds it
   */
  void left(boolean out);
}
