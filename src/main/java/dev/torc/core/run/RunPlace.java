package dev.torc.core.run;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Job;
import dev.torc.core.run.BuildSetup.AttemptContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Where one attempt may run instead of here, or the known result that it restores instead of a run.
 * {@link Attempt} asks it in this order, on its own thread. By itself, the attempt runs as
 * processes of this machine.
 */
public interface RunPlace {

  /** Returns the result that is restored instead of a run; null for a run. */
  default KnownResult known() {
    return null;
  }

  /**
   * Clears the places of the products and restores those of {@link #known}. Returns null if they
   * differ: then the job has to run.
   */
  default ProductScan restore(AttemptContext common, Job job, ClearedProducts cleared)
      throws IOException {
    return null;
  }

  /** Returns what was restored so far. */
  default List<OwnedPath> placed() {
    return List.of();
  }

  /**
   * Waits for a job that an earlier torc handed out, wherever it would run now. Returns null for
   * any other job.
   */
  default ProcessEnd resume(NeedSnapshot snapshot) throws IOException {
    return null;
  }

  /** Returns the ways to the products as a resumed job found them. */
  default ProductWays ways() throws IOException {
    throw new IllegalStateException("runs here");
  }

  /** Returns whether another machine runs the job; call it after {@link #resume}. */
  default boolean isRemote() {
    return false;
  }

  /** Returns whether a remote job never began, so that files in its places are older. */
  default boolean isUnbegun() {
    return false;
  }

  /**
   * Hands a remote job out and waits for its end; {@code memory} is in bytes, or 0 to ask for none.
   * {@code own} is the folder that stands for the root, or null.
   */
  default ProcessEnd run(Launch launch, long memory, JobRoot own) throws IOException {
    throw new IllegalStateException("runs here");
  }

  /** Returns a stamp from the start of a remote job's processes. */
  default Stamp begun() throws IOException {
    throw new IllegalStateException("runs here");
  }

  /**
   * The needs as the attempt read them, and which of them changed after it began, sorted. An
   * attempt in a queue reads needs that were edited before it began. Of a need edited later, it is
   * unknown which bytes it read, so rule 6 counts the need as changed.
   */
  record Needs(NeedSnapshot snapshot, List<String> moved) {}

  /** Checks the needs of a successful remote job again; {@code begin} is from its start. */
  default Needs needs(NeedSnapshot before, Stamp begin, JobRoot own) throws IOException {
    return new Needs(before, before.moved());
  }

  /**
   * Waits until all products made elsewhere appear here unaltered, or the time limit for that is
   * over. Returns the last scan; null if a product was missing.
   */
  default ProductScan products(Io.Make<List<ProductScan.Seen>, ProductScan> look)
      throws IOException {
    return look.of(null);
  }

  /** Returns products that are not as the job made them, each with a message. */
  default Map<String, String> altered() {
    return Map.of();
  }

  /** Returns files with a different modification time and, as far as is known, the same bytes. */
  default List<String> touched() {
    return List.of();
  }

  /** Forgets the files of an attempt whose end is recorded. */
  default void recorded() {}
}
