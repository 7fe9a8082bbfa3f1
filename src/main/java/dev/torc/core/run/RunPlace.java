package dev.torc.core.run;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Where one attempt may run instead of here. {@link Attempt} asks it in this order, on its own
 * thread. Unless {@link #isRemote}, the attempt runs as processes of this machine.
 */
public interface RunPlace {

  /**
   * Waits for this job if an earlier torc handed it out, even if it would run elsewhere now.
   * Returns null if the job is not out.
   */
  ProcessEnd resume(NeedSnapshot snapshot) throws IOException;

  /** Returns whether another machine runs the job; call it after {@link #resume}. */
  boolean isRemote();

  /** Returns whether a remote job never began, so that files in its places are older. */
  boolean isUnbegun();

  /** Hands the job out and waits for its end; {@code memory} is in bytes, or 0 to ask for none. */
  ProcessEnd run(Launch launch, long memory) throws IOException;

  /** Returns a stamp from the start of its processes. */
  Stamp begun() throws IOException;

  /**
   * The needs as the attempt read them, and which of them changed after it began, sorted. The
   * attempt may have waited in a queue. A need that was edited before it began was read in its new
   * form. For one that was edited later, it is not known which form was read, so rule 6 counts it
   * as changed.
   */
  record Needs(NeedSnapshot snapshot, List<String> moved) {}

  /** Checks the needs of a successful attempt again; {@code begin} is a stamp from its start. */
  Needs needs(NeedSnapshot before, Stamp begin) throws IOException;

  /**
   * Waits until all products made elsewhere appear here unaltered, or the time limit for that is
   * over. Returns the last scan; null if a product was missing.
   */
  ProductScan products(Io.Make<List<ProductScan.Seen>, ProductScan> look) throws IOException;

  /** Returns products that are not as the job made them, each with a message. */
  Map<String, String> altered();

  /** Returns files with a different modification time and, as far as is known, the same bytes. */
  List<String> touched();

  /** Forgets the files of an attempt whose end is recorded. */
  void recorded();
}
