package dev.torc.workflow;

import dev.torc.bytes.ByteReader;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/**
 * Jobs kept as bytes, which take a fifth of what the records do: of 100 000 jobs few are looked at
 * at a time. A job is read when it is asked for; the last ones are kept. Equal jobs come back, not
 * the same ones. For several threads.
 */
public final class PackedJobs extends AbstractList<Job> implements RandomAccess {

  /** So many jobs, in bytes some 10 MB, are all kept once they were read; a power of two. */
  private static final int ALL = 16_384;

  /**
   * Of more only so many, one for each remainder: what is kept until the next 10 000 were read ends
   * in the heap of the old, and makes that grow.
   */
  private static final int FEW = 64;

  private record Kept(int index, Job job) {}

  private final WorkflowCodec codec;
  private final int size;
  private final IntFunction<ByteReader> bytes;
  private final Kept[] kept;

  /**
   * Jobs that are written somewhere.
   *
   * @param codec reads them
   * @param bytes where the job of an index begins; for several threads
   */
  public PackedJobs(WorkflowCodec codec, int size, IntFunction<ByteReader> bytes) {
    this.codec = codec;
    this.size = size;
    this.bytes = bytes;
    this.kept = new Kept[size > ALL ? FEW : Math.max(1, Integer.highestOneBit(2 * size - 1))];
  }

  /** Jobs as the codec packed them, each by itself. */
  public static PackedJobs of(WorkflowCodec codec, List<byte[]> packed) {
    byte[][] all = packed.toArray(byte[][]::new);
    return new PackedJobs(codec, all.length, index -> new ByteReader(all[index], 0));
  }

  /**
   * Some of these jobs, in another order.
   *
   * @param indices of the jobs in the list; not to be changed
   */
  public static List<Job> pick(List<Job> jobs, int[] indices) {
    return new Picked(jobs, indices);
  }

  @Override
  public Job get(int index) {
    int at = index & kept.length - 1;
    Kept last = kept[at];
    if (last != null && last.index == index) {
      return last.job;
    }
    Job job = codec.job(bytes.apply(index));
    kept[at] = new Kept(index, job);
    return job;
  }

  @Override
  public int size() {
    return size;
  }

  private static final class Picked extends AbstractList<Job> implements RandomAccess {
    private final List<Job> jobs;
    private final int[] indices;

    Picked(List<Job> jobs, int[] indices) {
      this.jobs = jobs;
      this.indices = indices;
    }

    @Override
    public Job get(int index) {
      return jobs.get(indices[index]);
    }

    @Override
    public int size() {
      return indices.length;
    }
  }
}
