package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * A list of jobs as bytes, which take a fifth of the memory: only a few of 100 000 jobs are used at
 * a time. A job is decoded when it is requested, and recently decoded jobs are cached. So two calls
 * may return equal jobs that are not the same object. Thread-safe.
 */
public final class PackedJobs extends AbstractList<Job> implements RandomAccess {

  /** Up to this many jobs stay cached, about 10 MB; a power of two. */
  private static final int ALL = 16_384;

  /**
   * How many jobs of a larger project are cached, by the remainder of their index. Jobs that stayed
   * longer would move to the old generation of the heap, which would grow.
   */
  private static final int FEW = 64;

  private record Cached(int index, Job job) {}

  private final WorkflowCodec codec;
  private final byte[][] packed;
  private final int[] starts; // where each job begins in the only array; null if each has its own
  private final Cached[] cached;

  private PackedJobs(WorkflowCodec codec, byte[][] packed, int[] starts) {
    this.codec = codec;
    this.packed = packed;
    this.starts = starts;
    int size = size();
    this.cached = new Cached[size > ALL ? FEW : Math.max(1, Integer.highestOneBit(2 * size - 1))];
  }

  /** Returns the jobs that the codec packed, each in an array of its own. */
  public static PackedJobs of(WorkflowCodec codec, List<byte[]> packed) {
    return new PackedJobs(codec, packed.toArray(byte[][]::new), null);
  }

  /** Returns the jobs in one array; {@code starts} has the position of each job. */
  public static PackedJobs of(WorkflowCodec codec, byte[] bodies, int[] starts) {
    return new PackedJobs(codec, new byte[][] {bodies}, starts);
  }

  /** Returns the jobs with these indices; each has to be in an array of its own. */
  public static PackedJobs pick(List<Job> jobs, int[] indices) {
    PackedJobs all = (PackedJobs) jobs;
    byte[][] picked = new byte[indices.length][];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = all.packed[indices[i]];
    }
    return new PackedJobs(all.codec, picked, null);
  }

  public WorkflowCodec codec() {
    return codec;
  }

  /** Returns the bytes of a job, which the caller must not change. */
  public byte[] packed(int index) {
    if (starts == null) {
      return packed[index];
    }
    int end = index + 1 < starts.length ? starts[index + 1] : packed[0].length;
    return Arrays.copyOfRange(packed[0], starts[index], end);
  }

  /** Returns a predicate that compares a job of each list, by index, and ignores places. */
  public BiPredicate<Integer, Integer> same(PackedJobs other) {
    return codec.agrees(other.codec)
        ? (mine, its) -> codec.says(body(mine)).isSame(codec.says(other.body(its)))
        : (mine, its) -> codec.unplaced(body(mine)).equals(other.codec.unplaced(other.body(its)));
  }

  String name(int index) {
    return codec.name(body(index));
  }

  /** Returns the links of a job; of a job that would not stay cached, nothing else is decoded. */
  Job.Links links(int index) {
    return size() > ALL ? codec.links(body(index)) : get(index).links();
  }

  Job.Labels labels(int index) {
    return codec.labels(body(index));
  }

  public List<String> tags() {
    Set<String> tags = new TreeSet<>();
    for (int j = 0; j < size(); j++) {
      tags.addAll(labels(j).tags());
    }
    return List.copyOf(tags);
  }

  private ByteReader body(int index) {
    return starts == null
        ? new ByteReader(packed[index], 0)
        : new ByteReader(packed[0], starts[index]);
  }

  @Override
  public Job get(int index) {
    int at = index & cached.length - 1;
    Cached last = cached[at];
    if (last != null && last.index == index) {
      return last.job;
    }
    Job job = codec.job(body(index));
    cached[at] = new Cached(index, job);
    return job;
  }

  @Override
  public int size() {
    return starts == null ? packed.length : starts.length;
  }
}
