package dev.torc.clusters;

import org.opentest4j.TestAbortedException;

/**
 * The Slurms that test classes share, since the start of one takes seconds: each is started when
 * the first class asks for it, and ends with this process. A class that has to have a Slurm as it
 * wants it starts a {@link RealSlurm} of its own.
 */
public enum SharedSlurm {
  /**
   * Its programs wait long for each other, as on a busy machine. Tests tell their jobs by an
   * account, leave the controller alone, and the node n1 as it is.
   */
  PATIENT(30),

  /**
   * Its programs give up soon. A test may stop the controller or take nodes away, holds the lock
   * {@value #LOCK} meanwhile, and leaves Slurm as it was.
   */
  IMPATIENT(2);

  static final String LOCK = "SharedSlurm.IMPATIENT";

  private final int timeout;
  private RealSlurm slurm;
  private TestAbortedException cannot; // why it does not run here

  SharedSlurm(int timeout) {
    this.timeout = timeout;
  }

  /** Returns the Slurm, after it has run a job; aborts the test if none can be started here. */
  public synchronized RealSlurm get() throws Exception {
    if (cannot != null) {
      throw cannot;
    }
    try {
      slurm = slurm == null ? RealSlurm.start(timeout) : slurm;
      return slurm;
    } catch (TestAbortedException e) {
      cannot = e;
      throw e;
    }
  }
}
