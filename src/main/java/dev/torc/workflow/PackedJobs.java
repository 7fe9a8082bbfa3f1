package dev.torc.workflow;

import dev.torc.bytes.ByteReader;
import dev.torc.syntax.Place;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Jobs as bytes, a fifth of the records' size: at any time few of 100 000 jobs are looked at. A job
 * is decoded when it is asked for, and the last ones are cached: two calls may return equal jobs
 * that are not the same object. Safe for several threads.
 */
public final class PackedJobs extends AbstractList<Job> implements RandomAccess {

  /** Up to so many jobs (some 10 MB) are all cached once they were read; a power of two. */
  private static final int ALL = 16_384;

  /**
   * Of more jobs only so many are cached, by remainder: a job that stays until the next 10 000 were
   * read moves to the heap's old generation, and makes that grow.
   */
  private static final int FEW = 64;

  private record Cached(int index, Job job) {}

  private final WorkflowCodec codec;
  private final byte[][] packed;
  private final int[] starts; // where each begins in the only array; null if each has its own
  private final Cached[] cached;

  private PackedJobs(WorkflowCodec codec, byte[][] packed, int[] starts) {
    this.codec = codec;
    this.packed = packed;
    this.starts = starts;
    int size = size();
    this.cached = new Cached[size > ALL ? FEW : Math.max(1, Integer.highestOneBit(2 * size - 1))];
  }

  /** Takes jobs as the codec packed them, each by itself. */
  public static PackedJobs of(WorkflowCodec codec, List<byte[]> packed) {
    return new PackedJobs(codec, packed.toArray(byte[][]::new), null);
  }

  /** Takes jobs in one array, each from its start. */
  public static PackedJobs of(WorkflowCodec codec, byte[] bodies, int[] starts) {
    return new PackedJobs(codec, new byte[][] {bodies}, starts);
  }

  /** Returns some of the jobs, which are packed each by itself, in the order of the indices. */
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

  /** Returns the bytes of a job; not to be changed. */
  public byte[] packed(int index) {
    if (starts == null) {
      return packed[index];
    }
    int end = index + 1 < starts.length ? starts[index + 1] : packed[0].length;
    return Arrays.copyOfRange(packed[0], starts[index], end);
  }

  /** Returns the bytes of a job after the lines of its build file, from {@code from} on, moved. */
  public byte[] moved(int index, int from, int by) {
    return by == 0 ? packed(index) : codec.moved(packed(index), from, by);
  }

  /** Reads where a job stands, and nothing else of it. */
  public Place place(int index) {
    return codec.place(body(index));
  }

  /** Compares jobs of the two lists by index, wherever they stand in their build files. */
  public BiPredicate<Integer, Integer> same(PackedJobs other) {
    return codec.agrees(other.codec)
        ? (mine, its) -> codec.says(body(mine)).isSame(codec.says(other.body(its)))
        : (mine, its) -> codec.unplaced(body(mine)).equals(other.codec.unplaced(other.body(its)));
  }

  String name(int index) {
    return codec.name(body(index));
  }

  public List<String> tags() {
    Set<String> tags = new TreeSet<>();
    for (int j = 0; j < size(); j++) {
      tags.addAll(codec.tags(body(j)));
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
