package dev.torc.core.run;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.FileTree;
import dev.torc.core.run.DiskTrace.Bytes;
import dev.torc.core.run.DiskTrace.Inode;
import dev.torc.core.run.DiskTrace.Name;
import dev.torc.core.run.DiskTrace.Op;
import dev.torc.core.run.DiskTrace.Seen;
import dev.torc.core.run.DiskTrace.Size;
import dev.torc.core.run.DiskTrace.Sync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a disk holds after the power failed at some step of a {@link DiskTrace}. What was synced is
 * there: the bytes of a file, the names of a folder. The rest may be lost: names are there up to
 * some moment, or only some of them, those of one path in their order; a file has its size and
 * times up to some moment, and any of its pages; its other pages hold what was there before, or
 * zeros.
 */
final class CutDisk {

  /** What is lost of the steps that were not synced. */
  enum Lost {
    NOTHING,
    ALL,
    /** The bytes are lost; names, sizes and times are there. */
    BYTES,
    /** As {@link #BYTES}, but some files lost nothing. */
    FILES,
    SOME
  }

  private static final int PAGE = 4096;

  /** A file as the next build finds it. */
  private static final class Found {
    byte[] bytes;

    /** The stamp that torc saw last; null if it has not looked since the last change. */
    Stamp stamp;

    private int synced; // steps before this one are on the disk
    private int told; // size and times of steps before this one are on the disk
    private boolean missed; // a step is lost: stamps seen after it do not count
    private final boolean whole;

    Found(Inode inode, boolean whole) {
      this.bytes = inode.begin;
      this.stamp = inode.stamp;
      this.whole = whole;
    }
  }

  private final DiskTrace trace;
  private final TreeMap<String, Inode> names;
  private final Map<Inode, Found> found = new HashMap<>();
  private final Lost lost;
  private final Random random;

  /** How many of four pages or names that were not synced are there, on average; 0 to 4. */
  private final int share;

  private CutDisk(DiskTrace trace, int cut, Lost lost, Random random) {
    this.trace = trace;
    this.names = new TreeMap<>(trace.begin());
    this.lost = lost;
    this.random = random;
    this.share = random.nextInt(5);
    trace.begin().values().forEach(this::found);
    play(trace.ops().subList(0, cut));
  }

  /** The disk after all steps, with nothing lost. */
  static CutDisk whole(DiskTrace trace) {
    return at(trace, trace.ops().size(), Lost.NOTHING, new Random(0));
  }

  /**
   * @param cut how many steps were done
   */
  static CutDisk at(DiskTrace trace, int cut, Lost lost, Random random) {
    return new CutDisk(trace, cut, lost, random);
  }

  private void play(List<Op> ops) {
    for (int i = 0; i < ops.size(); i++) {
      Found file = found(ops.get(i).inode());
      if (ops.get(i) instanceof Sync sync) {
        file.synced = Math.max(file.synced, sync.of());
      } else if (ops.get(i) instanceof Bytes bytes && bytes.lasts()) {
        file.told = i + 1;
      }
    }
    int settled = trace.settled(ops.size());
    for (Found file : found.values()) {
      file.synced = Math.max(file.synced, settled);
      int chosen =
          switch (lost) {
            case NOTHING, BYTES, FILES -> ops.size();
            case ALL -> 0;
            case SOME -> random.nextInt(ops.size() + 1);
          };
      file.told = Math.max(chosen, Math.max(file.told, file.synced));
    }
    int until = random.nextBoolean() ? random.nextInt(ops.size() + 1) : -1;
    Set<String> missing = new HashSet<>();
    for (int i = 0; i < ops.size(); i++) {
      Found file = found.get(ops.get(i).inode());
      if (ops.get(i) instanceof Name name) {
        int at = i;
        boolean there =
            switch (lost) {
              case NOTHING, BYTES, FILES -> true;
              case ALL -> false;
              case SOME -> until < 0 ? some() : i < until;
            };
        there |= name.folders().stream().anyMatch(folder -> at < found.get(folder).synced);
        name(name, file, there, missing);
      } else if (ops.get(i) instanceof Seen seen) {
        file.stamp = file.missed ? file.stamp : seen.stamp();
      } else if (i < file.told) {
        file.stamp = null;
        change(ops.get(i), file, i < file.synced);
      } else {
        file.missed = true;
      }
    }
  }

  private Found found(Inode inode) {
    boolean whole = lost == Lost.NOTHING || lost == Lost.FILES && random.nextBoolean();
    return found.computeIfAbsent(inode, _ -> new Found(inode, whole));
  }

  private boolean some() {
    return random.nextInt(4) < share;
  }

  /** Does a step of a name; it is lost if an earlier step of its paths is lost. */
  private void name(Name name, Found file, boolean there, Set<String> missing) {
    List<String> paths = Stream.of(name.from(), name.to()).filter(Objects::nonNull).toList();
    boolean follows = paths.stream().anyMatch(p -> missing.stream().anyMatch(m -> meet(p, m)));
    if (!there || follows) {
      missing.addAll(paths);
      file.missed = true;
      return;
    }
    file.stamp = null;
    if (name.from() == null) {
      names.put(name.to(), name.inode());
    } else if (name.to() == null) {
      names.remove(name.from());
    } else {
      DiskTrace.move(names, name.from(), name.to());
    }
  }

  private static boolean meet(String one, String other) {
    return (one + "/").startsWith(other + "/") || other.startsWith(one + "/");
  }

  private void change(Op op, Found file, boolean synced) {
    switch (op) {
      case Size size -> file.bytes = Arrays.copyOf(file.bytes, (int) size.size());
      case Bytes written -> {
        int from = (int) written.at();
        int to = from + written.bytes().length;
        file.bytes = Arrays.copyOf(file.bytes, Math.max(to, file.bytes.length));
        for (int at = from; at < to; at = (at / PAGE + 1) * PAGE) {
          boolean there = synced || written.lasts() || file.whole || lost == Lost.SOME && some();
          if (there) {
            int length = Math.min(to, (at / PAGE + 1) * PAGE) - at;
            System.arraycopy(written.bytes(), at - from, file.bytes, at, length);
          }
        }
      }
      default -> {}
    }
  }

  /** The bytes of the files, and where the links point to, by path. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    names.forEach(
        (path, inode) -> {
          if (inode.kind != FileKind.FOLDER) {
            files.put(path, found.get(inode).bytes);
          }
        });
    return files;
  }

  /** The inode at a path; null if there is none. */
  Inode at(Path path) {
    return names.get(path.toString());
  }

  /**
   * Replaces the contents of the trace's folders by this disk.
   *
   * @return the stamps that torc saw last, by the stamps that the files have now
   */
  Map<Stamp, Stamp> restore() throws IOException {
    for (Path folder : trace.folders()) {
      for (Path entry : FileTree.entries(folder)) {
        FileTree.remove(entry);
      }
    }
    Map<Inode, Path> first = new HashMap<>();
    for (var name : names.entrySet()) {
      Path path = Path.of(name.getKey());
      Inode inode = name.getValue();
      if (inode.kind == FileKind.FOLDER) {
        Files.createDirectories(path);
      } else if (first.putIfAbsent(inode, path) != null) {
        Files.createLink(path, first.get(inode));
      } else if (inode.kind == FileKind.LINK) {
        Files.createSymbolicLink(path, Path.of(new String(inode.begin, StandardCharsets.UTF_8)));
      } else {
        Files.write(path, found.get(inode).bytes);
        Files.setLastModifiedTime(path, trace.time());
      }
    }
    Map<Stamp, Stamp> stamps = new HashMap<>();
    StampSource now = StampSource.of(FileSystems.getDefault());
    for (var each : first.entrySet()) {
      Found file = found.get(each.getKey());
      if (file.stamp != null && file.stamp.size() == file.bytes.length) {
        stamps.put(now.stamp(each.getValue()), file.stamp);
      }
    }
    return stamps;
  }
}
