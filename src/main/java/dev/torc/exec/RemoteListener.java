package dev.torc.exec;

/** Is told what becomes of an attempt that a scheduler runs. */
public interface RemoteListener {

  /**
   * It was handed out.
   *
   * @param id the scheduler's; null where that is not known
   */
  void submitted(String id);

  /** Its processes start. */
  void begun();

  /** It is over; called once. */
  void ended(RemoteEnd end);
}
