package dev.torc.cluster;

import dev.torc.local.ProcessEnd;
import java.util.List;

/** Is told what becomes of an attempt that a scheduler runs, by the thread that sees to it. */
public interface RemoteListener {

  /**
   * It was handed out.
   *
   * @param id the scheduler's; null where that is not known
   */
  void submitted(String id);

  /** It had begun and is lost; it is handed out anew. */
  default void lost() {}

  /**
   * It is over, or looked after no more; called once.
   *
   * @param end as of one that ran here; {@code LEFT} where a later torc finds it, {@code
   *     NOT_REACHED} where it was never handed out and torc ends; null where nothing of it is out
   *     any more and it is to be started, as for one that an earlier torc handed out and that never
   *     ran or was lost
   * @param places where its scripts left something, the one that ended so last; empty where it
   *     never began
   */
  void ended(ProcessEnd end, List<HandedOutAttempt> places);
}
