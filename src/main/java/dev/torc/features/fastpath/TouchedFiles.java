package dev.torc.features.fastpath;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.ParallelShares;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.NeedList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Looks at the files of {@link SeenFiles} and finds those whose stamp changed. A file with the same
 * bytes was only touched; for a product, a tool or a file in a needed folder, the executable bit
 * must be the same too. If a folder above a file is a link, the file counts as changed, since only
 * deciding its jobs shows where the link leads. A watch, which only asks what changed, allows such
 * links.
 */
final class TouchedFiles {

  /** For this many files to read, or {@link #MUCH} bytes, one more thread pays off. */
  private static final int MANY = 100;

  private static final long MUCH = 1 << 22;

  private final SeenFiles seen;
  private final Graph graph;
  private final DigestMemo digests;
  private final Path root;
  private final boolean links;
  private final Map<Path, Boolean> plain = new ConcurrentHashMap<>(); // isPlain(), by folder
  private Set<String> tools;
  private long[] stamps;

  /** Prepares to look at files. With {@code links}, the paths to the files may contain links. */
  TouchedFiles(SeenFiles seen, Graph graph, DigestMemo digests, boolean links) {
    this.links = links;
    this.seen = seen;
    this.graph = graph;
    this.digests = digests;
    this.root = graph.workflow().root();
    this.stamps = seen.stamps();
  }

  /**
   * Returns the numbers of the files whose stamp changed, among {@code some}, or among all files if
   * that is null.
   */
  BitSet moved(StampSource source, BitSet some, int threads) {
    int files = some != null ? some.length() : seen.count();
    BitSet[] found = new BitSet[threads];
    ParallelShares.run(
        threads,
        share -> {
          int from = (int) ((long) files * share / threads);
          int to = (int) ((long) files * (share + 1) / threads);
          found[share] = findMoved(source, some, from, to);
        });
    BitSet all = new BitSet(files);
    for (BitSet share : found) {
      all.or(share);
    }
    return all;
  }

  private BitSet findMoved(StampSource source, BitSet some, int from, int to) {
    long[] then = seen.stamps();
    BitSet moved = new BitSet();
    StampSource.FolderStamps files;
    try {
      files = source.inFolder(graph.workflow().root(), true);
    } catch (IOException e) {
      moved.set(from, to); // deciding the jobs reports the error
      return moved;
    }
    long[] now = new long[SeenFiles.WIDTH];
    StringTable.Taker<Stamp.FileKind> look =
        (names, begin, end) -> files.look(names, begin, end, now);
    for (int f = from; f < to; f++) {
      int at = f * SeenFiles.WIDTH;
      if (then[at] == 0 || some != null && !some.get(f)) {
        continue;
      }
      Stamp.FileKind kind;
      try {
        kind =
            f < graph.files()
                ? graph.handPath(f, look)
                : seen.further().hand(f - graph.files(), look);
      } catch (IOException e) {
        kind = Stamp.FileKind.OTHER; // deciding the jobs reports the error
      }
      now[0] = SeenFiles.size(kind, now[0]);
      boolean timed = kind == Stamp.FileKind.FILE || kind == Stamp.FileKind.FOLDER;
      int numbers = timed ? SeenFiles.WIDTH : 1;
      moved.set(f, !Arrays.equals(then, at, at + numbers, now, 0, numbers));
    }
    return moved;
  }

  /** Removes from {@code moved} the files that were only touched. */
  void removeTouched(BitSet moved, int threads) {
    int[] files = moved.stream().filter(seen::isFile).toArray();
    long bytes = 0;
    for (int file : files) {
      bytes += seen.bytes(file);
    }
    KnownDigest[] same = new KnownDigest[files.length];
    AtomicInteger next = new AtomicInteger();
    long worth = 1 + files.length / MANY + bytes / MUCH;
    ParallelShares.run(
        (int) Math.min(threads, worth),
        _ -> {
          for (int i = next.getAndIncrement(); i < files.length; i = next.getAndIncrement()) {
            same[i] = same(files[i]);
          }
        });
    for (int i = 0; i < files.length; i++) {
      if (same[i] != null) {
        moved.clear(files[i]);
        if (same[i].safe()) { // else the next build reads the file (rule 4)
          put(files[i], same[i].stamp());
        }
      }
    }
  }

  /** Returns all stamps, with changed ones that can be trusted; the same array if none changed. */
  long[] stamps() {
    return stamps;
  }

  private void put(int file, Stamp stamp) {
    if (stamps == seen.stamps()) {
      stamps = stamps.clone();
    }
    System.arraycopy(SeenFiles.numbers(stamp), 0, stamps, file * SeenFiles.WIDTH, SeenFiles.WIDTH);
  }

  /** Returns the stamp and digest of a file whose bytes are the same; null for other files. */
  private KnownDigest same(int file) {
    Digest before = seen.digests().get(file);
    String path = seen.path(graph, file);
    try {
      if (before == null) {
        return null;
      }
      Stamp now = links ? digests.stamp(path) : digests.linkStamp(path);
      boolean plain = links || isPlain(path);
      if (now.kind() != Stamp.FileKind.FILE || now.size() != seen.bytes(file) || !plain) {
        return null;
      }
      boolean flipped = now.executable() != seen.isExecutable(file);
      if (flipped && (graph.makerOf(path) >= 0 || isTool(path) || isInFolder(path))) {
        return null;
      }
      KnownDigest known = digests.of(path, now);
      return before.equals(known.digest()) ? known : null;
    } catch (IOException e) {
      return null; // deciding the jobs reports the error
    }
  }

  private synchronized boolean isTool(String path) {
    if (tools == null) {
      tools = new HashSet<>();
      IntStream.range(0, graph.jobs())
          .mapToObj(job -> graph.job(job).links().tools())
          .flatMap(List::stream)
          .filter(Tool::isPath)
          .forEach(tool -> tools.addAll(tool.paths()));
    }
    return tools.contains(path);
  }

  private boolean isInFolder(String path) {
    return IntStream.range(0, graph.lists())
        .mapToObj(graph::list)
        .anyMatch(list -> list.kind() == NeedList.ListKind.FOLDER && list.covers(path));
  }

  /** Returns whether none of the folders above a file is a link. */
  private boolean isPlain(String path) throws IOException {
    Path above = root.resolve(path).getParent();
    Boolean known = plain.get(above);
    if (known == null) {
      known = above.toRealPath().equals(above);
      plain.put(above, known);
    }
    return known;
  }
}
