package dev.torc.local;

import dev.torc.posix.ChildWait;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a step runs in, as far as its runner must know it: the step is started by a client. Images,
 * runtimes and their words are not known here.
 */
public interface Container {

  /** Whether what runs in it is no child of its client. */
  boolean isApart();

  /** Its client for a step of an attempt. */
  Client client(Launch.Step step, Launch launch);

  /** The step as a script on another machine starts it: its client. */
  Launch.Step handedOut(Launch.Step step, Launch launch) throws IOException;

  /**
   * How a failed attempt ended on another machine, with what the container of its last step tells.
   */
  ProcessEnd handedBack(Launch.Step step, Launch launch, ProcessEnd end) throws IOException;

  /** One run of the step: what to start for it, and what its end means. */
  interface Client {

    /** The client's command line. */
    List<String> command() throws IOException;

    /** What its client's environment has over the caller's; null removes a variable. */
    Map<String, String> variables();

    /** What the end of its client means, where torc did not end it. */
    Meaning meaning(ChildWait.Change end) throws IOException;

    /** Whether an end of its client may leave the container. */
    boolean mayLeave(ChildWait.Change end);

    /** What the end means, in words. */
    String message();

    /**
     * Takes away what is left of it after an end that was not its own.
     *
     * @return why that is not known to have been done, empty where it was
     */
    String remove();
  }

  /** What an end means beyond its exit status. */
  enum Meaning {
    /** It is the job's own. */
    AS_IT_IS,
    /** The image has no sh; the job's words can do without. */
    AGAIN,
    /** The container never was, or the job's program is not in it. */
    NOT_STARTED,
    /** The kernel killed one of its processes for memory. */
    MEMORY
  }
}
