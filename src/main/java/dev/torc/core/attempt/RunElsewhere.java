package dev.torc.core.attempt;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The part of one attempt that other machines run: they get its launch, and its products appear
 * here later. {@link RunAttempt} calls the methods in this order, on its own thread; after {@link
 * #resume} only if another machine runs the job.
 */
public interface RunElsewhere {

  /**
   * Waits for a job that an earlier torc handed out, wherever it would run now. Returns null for
   * any other job.
   */
  ProcessEnd resume(NeedSnapshot snapshot) throws IOException;

  /** Returns the ways to the products as a resumed job found them. */
  ProductWays ways() throws IOException;

  /**
   * Hands the job out and waits for its end; {@code memory} is in bytes, or 0 to ask for none.
   * {@code own} is the folder that stands for the root, or null.
   */
  ProcessEnd run(Launch launch, long memory, JobRoot own) throws IOException;

  /** Returns whether the job never began, so that files in its places are older. */
  boolean isUnbegun();

  /** Returns a stamp from the start of the job's processes. */
  Stamp begun() throws IOException;

  /**
   * The needs as the attempt read them, and which of them changed after it began, sorted. An
   * attempt in a queue reads needs that were edited before it began. Of a need edited later, it is
   * unknown which bytes it read, so rule 6 counts the need as changed.
   */
  record Needs(NeedSnapshot snapshot, List<String> moved) {}

  /** Checks the needs of a successful job again; {@code begin} is from its start. */
  Needs needs(NeedSnapshot before, Stamp begin, JobRoot own) throws IOException;

  /**
   * Waits until all products appear here unaltered, or the time limit for that is over. Returns the
   * last scan; null if a product was missing.
   */
  ProductScan products(Io.Make<List<ProductScan.Seen>, ProductScan> look) throws IOException;

  /** Returns products that are not as the job made them, each with a message. */
  Map<String, String> altered();

  /** Returns files with a different modification time and, as far as is known, the same bytes. */
  List<String> touched();

  /** Forgets the files of an attempt whose end is recorded. */
  void recorded();
}
