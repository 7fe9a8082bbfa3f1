package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What programs did to the files below some folders, step by step, as strace tells it: names,
 * bytes, syncs, and the stamps that were looked at. {@link CutDisk} knows which steps may be lost.
 *
 * @param folders absolute real paths
 * @param begin the files before the first step, by path; all are on the disk
 * @param times when each step was done, in seconds since 1970
 */
record DiskTrace(List<Path> folders, Map<String, Inode> begin, List<Op> ops, List<Double> times) {

  /** Steps older than these seconds are on the disk without a sync, as {@code Cache} has it. */
  private static final int SETTLED = 60;

  /** A file, folder or link by itself, whatever its names are. */
  static final class Inode {
    final FileKind kind;

    /** For a link where it points to: on the disk as soon as a name of the link is. */
    final byte[] begin;

    final Stamp stamp;
    private long size;

    Inode(FileKind kind, byte[] begin, Stamp stamp) {
      this.kind = kind;
      this.begin = begin;
      this.stamp = stamp;
      this.size = begin.length;
    }
  }

  /** One step, with the inode of its file or folder. */
  sealed interface Op {
    Inode inode();
  }

  /**
   * A name is given, taken or changed.
   *
   * @param from null for a new name
   * @param to null for a name that is removed
   * @param folders the folders of the names; a sync of one of them makes the step last
   */
  record Name(Inode inode, String from, String to, List<Inode> folders) implements Op {}

  /**
   * @param lasts whether they were written with O_DSYNC
   */
  record Bytes(Inode inode, long at, byte[] bytes, boolean lasts) implements Op {}

  record Size(Inode inode, long size) implements Op {}

  /** Times or mode were set. */
  record Touch(Inode inode) implements Op {}

  /**
   * @param of the steps of the inode before this number are on the disk from now on
   */
  record Sync(Inode inode, int of) implements Op {}

  record Seen(Inode inode, Stamp stamp) implements Op {}

  private static final String CALLS =
      "/^(open|openat|p?write(v|64|v2)?|lseek|f?truncate|rename.*|link(at)?|symlink.*"
          + "|unlink.*|mkdir.*|rmdir|f(data)?sync|u.*time.*|f?chmod.*|statx|.*stat(at)?)$";

  /** Calls that copy bytes which no trace shows: they fail, so that programs write instead. */
  private static final String REFUSED = "copy_file_range,sendfile,splice,ioctl";

  private static final String HEX = "((?:\\\\x[0-9a-f]{2})*)";
  private static final Pattern LINE =
      Pattern.compile("(\\d+) +([0-9.]+) (\\w+)\\((.*)\\) += (\\d+)(<.*)?");
  private static final Pattern PART =
      Pattern.compile("(\\d+) +[0-9.]+ <\\.\\.\\. \\w+ resumed>(.*)");
  private static final Pattern FILE = Pattern.compile("(\\d+|AT_FDCWD)<" + HEX + ">(\\(del)?");
  private static final Pattern TEXT = Pattern.compile("\"" + HEX + "\"");
  private static final Pattern MODE = Pattern.compile("_mode=S_IFREG\\|(\\d+)");

  /** Whether programs can be traced here. */
  static boolean works() throws Exception {
    try {
      return new ProcessBuilder("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start()
              .waitFor()
          == 0;
    } catch (IOException none) {
      return false;
    }
  }

  /** Traces a command to its end, whatever its exit status is. */
  static DiskTrace of(List<Path> folders, ProcessBuilder command, Path temp) throws Exception {
    Parser parser = new Parser(folders);
    Path file = Files.createTempFile(temp, "trace", "");
    List<String> words =
        new ArrayList<>(
            List.of("strace", "-f", "-ttt", "-y", "-v", "-xx", "-s", "1000000", "--seccomp-bpf"));
    words.addAll(
        List.of(
            "-e",
            "trace=" + CALLS + "," + REFUSED,
            "-e",
            "inject=" + REFUSED + ":error=EOPNOTSUPP",
            "-o",
            file.toString()));
    words.addAll(command.command());
    command.command(words).start().waitFor();
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      lines.forEach(parser::take);
    }
    DiskTrace trace = new DiskTrace(folders, parser.begin, parser.ops, parser.times);
    trace.mustBeWhole();
    return trace;
  }

  /** When the first step was done, in whole seconds. */
  FileTime time() {
    return FileTime.from((long) times.getFirst().doubleValue(), TimeUnit.SECONDS);
  }

  /** When {@code cut} steps are done: how many of the first are on the disk, synced or not. */
  int settled(int cut) {
    int first = 0;
    while (first < cut && times.get(first) < times.get(cut - 1) - SETTLED) {
      first++;
    }
    return first;
  }

  /** The trace of a torc that lacks some of the syncs. */
  DiskTrace without(Set<Op> syncs) {
    List<Op> left = new ArrayList<>(ops);
    left.replaceAll(
        op ->
            switch (op) {
              case Op kept when !syncs.contains(kept) -> kept;
              case Sync sync -> new Sync(sync.inode, 0);
              case Bytes bytes -> new Bytes(bytes.inode, bytes.at, bytes.bytes, false);
              default -> throw new AssertionError(op);
            });
    return new DiskTrace(folders, begin, left, times);
  }

  /** Asserts that the trace leads to what is on the disk, but for LMDB's mapped lock table. */
  private void mustBeWhole() throws IOException {
    Map<String, byte[]> told = CutDisk.whole(this).files();
    Map<String, byte[]> there = new TreeMap<>();
    for (Path folder : folders) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.filter(each -> kind(each) != FileKind.FOLDER).toList()) {
          there.put(file.toString(), held(file, kind(file)));
        }
      }
    }
    assertEquals(there.keySet(), told.keySet());
    there.forEach(
        (path, bytes) -> {
          if (!path.endsWith("/lock.mdb") && !Arrays.equals(bytes, told.get(path))) {
            throw new AssertionError("the trace tells other bytes of " + path);
          }
        });
  }

  private static FileKind kind(Path path) {
    return Files.isSymbolicLink(path)
        ? FileKind.LINK
        : Files.isDirectory(path) ? FileKind.FOLDER : FileKind.FILE;
  }

  /** Reads what a file holds, or where a link points to. */
  private static byte[] held(Path path, FileKind kind) throws IOException {
    return switch (kind) {
      case FILE -> Files.readAllBytes(path);
      case LINK -> Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8);
      default -> new byte[0];
    };
  }

  /** Moves a name, and the names below it. */
  static void move(TreeMap<String, Inode> names, String from, String to) {
    names.put(to, names.remove(from));
    Map<String, Inode> inner = new TreeMap<>(names.subMap(from + "/", from + "0"));
    inner.forEach((path, inode) -> names.put(to + path.substring(from.length()), inode));
    names.keySet().removeAll(inner.keySet());
  }

  private static final class Parser {
    private final TreeMap<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> begin;
    private final List<Op> ops = new ArrayList<>();
    private final List<Double> times = new ArrayList<>();
    private final Map<String, String> begun = new HashMap<>();
    private final Map<String, Integer> since = new HashMap<>();

    /** The offset of the next write to a descriptor; none if it goes to the file's end. */
    private final Map<String, Long> positions = new HashMap<>();

    private final Map<String, Boolean> lasting = new HashMap<>();

    Parser(List<Path> folders) throws IOException {
      StampSource stamps = StampSource.of(FileSystems.getDefault());
      for (Path folder : folders) {
        try (Stream<Path> all = Files.walk(folder)) {
          for (Path each : all.toList()) {
            FileKind kind = kind(each);
            names.put(each.toString(), new Inode(kind, held(each, kind), stamps.stamp(each)));
          }
        }
      }
      begin = new TreeMap<>(names);
    }

    void take(String line) {
      String process = line.substring(0, line.indexOf(' '));
      if (line.endsWith(" <unfinished ...>")) {
        begun.put(process, line.substring(0, line.length() - " <unfinished ...>".length()));
        since.put(process, ops.size());
        return;
      }
      Matcher rest = PART.matcher(line);
      String whole = rest.matches() ? begun.remove(process) + rest.group(2) : line;
      int from = rest.matches() ? since.get(process) : ops.size();
      Matcher call = LINE.matcher(whole);
      if (call.matches()) {
        call(call.group(3), call.group(4), Long.parseLong(call.group(5)), call.group(6), from);
        while (times.size() < ops.size()) {
          times.add(Double.parseDouble(call.group(2)));
        }
      }
    }

    private void call(String name, String words, long result, String opened, int from) {
      switch (name.replaceAll("(at2?|64|2|v|v2)$", "").replace("newfst", "st")) {
        case "open" -> open(words, result, opened);
        case "write" -> write(words, result, false);
        case "pwrite" -> write(words, result, true);
        case "lseek" -> positions.computeIfPresent(key(words), (_, _) -> result);
        case "ftruncate" -> size(file(words), last(words));
        case "truncate" -> size(names.get(path(words, 0)), last(words));
        case "rename" -> rename(path(words, 0), path(words, 1));
        case "link" -> name(names.get(path(words, 0)), null, path(words, 1));
        case "unlink", "rmdir" -> name(names.get(path(words, 0)), path(words, 0), null);
        case "mkdir" -> make(path(words, 0), FileKind.FOLDER, new byte[0]);
        case "symlink" -> {
          Matcher to = TEXT.matcher(words);
          assertTrue(to.find(), words);
          make(path(words, 1), FileKind.LINK, bytes(to.group(1)));
        }
        case "fsync", "fdatasync" -> add(file(words), new Sync(file(words), from));
        case "fchmod", "chmod", "utimens", "futimens", "utime", "utimes", "futimes" -> {
          Inode inode = TEXT.matcher(words).find() ? names.get(path(words, 0)) : file(words);
          add(inode, new Touch(inode));
        }
        default -> seen(name.equals("fstat") ? file(words) : names.get(path(words, 0)), words);
      }
    }

    private void add(Inode inode, Op op) {
      if (inode != null) {
        ops.add(op);
      }
    }

    private boolean isBelow(String path) {
      String folder = path.substring(0, path.lastIndexOf('/'));
      return names.containsKey(folder);
    }

    private void open(String words, long descriptor, String opened) {
      Matcher to = FILE.matcher(descriptor + opened);
      String path = to.find() ? text(to.group(2)) : "";
      if (path.isEmpty() || !isBelow(path)) {
        return;
      }
      if (words.contains("O_CREAT") && !names.containsKey(path)) {
        make(path, FileKind.FILE, new byte[0]);
      }
      if (words.contains("O_TRUNC")) {
        size(names.get(path), 0);
      }
      String key = descriptor + " " + path;
      positions.remove(key);
      if (!words.contains("O_APPEND")) {
        positions.put(key, 0L);
      }
      lasting.put(key, words.contains("O_DSYNC"));
    }

    private void write(String words, long length, boolean placed) {
      Inode inode = file(words);
      if (inode == null || inode.kind != FileKind.FILE) {
        return;
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (Matcher text = TEXT.matcher(words); text.find(); ) {
        all.writeBytes(bytes(text.group(1)));
      }
      byte[] bytes = Arrays.copyOf(all.toByteArray(), (int) length);
      long at = placed ? last(words) : positions.getOrDefault(key(words), inode.size);
      if (!placed) {
        positions.computeIfPresent(key(words), (_, before) -> before + length);
      }
      inode.size = Math.max(inode.size, at + length);
      ops.add(new Bytes(inode, at, bytes, lasting.getOrDefault(key(words), false)));
    }

    private void size(Inode inode, long size) {
      if (inode != null && inode.size != size) {
        inode.size = size;
        ops.add(new Size(inode, size));
      }
    }

    private void make(String path, FileKind kind, byte[] begin) {
      if (isBelow(path)) {
        name(new Inode(kind, begin, null), null, path);
      }
    }

    private void rename(String from, String to) {
      Inode inode = names.get(from);
      if (inode != null) {
        ops.add(new Name(inode, from, to, List.of(parent(from), parent(to))));
        move(names, from, to);
      }
    }

    private void name(Inode inode, String from, String to) {
      if (inode == null) {
        return;
      }
      String path = from == null ? to : from;
      ops.add(new Name(inode, from, to, List.of(parent(path))));
      if (from == null) {
        names.put(to, inode);
      } else {
        names.remove(from);
      }
    }

    private Inode parent(String path) {
      return names.get(path.substring(0, path.lastIndexOf('/')));
    }

    private void seen(Inode inode, String words) {
      Matcher mode = MODE.matcher(words);
      if (inode == null || !mode.find()) {
        return;
      }
      boolean executable = (Integer.parseInt(mode.group(1), 8) & 0100) != 0;
      long mtime = time(words, "mtime");
      long ctime = time(words, "ctime");
      long size = number(words, "_size=(\\d+)");
      long number = number(words, "_ino=(\\d+)");
      ops.add(new Seen(inode, new Stamp(FileKind.FILE, executable, size, mtime, ctime, number)));
    }

    /** Reads both forms: {@code st_mtime=1, st_mtime_nsec=2} and {@code {tv_sec=1, tv_nsec=2}}. */
    private static long time(String words, String which) {
      String seconds = which + "=(?:\\{tv_sec=)?(\\d+)";
      String nanos = "(?:" + which + "_nsec|" + which + "=\\{tv_sec=\\d+, tv_nsec)=(\\d+)";
      return number(words, seconds) * 1_000_000_000 + number(words, nanos);
    }

    private static long number(String words, String pattern) {
      Matcher number = Pattern.compile(pattern).matcher(words);
      if (!number.find()) {
        throw new AssertionError("no " + pattern + " in " + words);
      }
      return Long.parseLong(number.group(1));
    }

    /** The file of the call's first descriptor; null if it was removed or lies elsewhere. */
    private Inode file(String words) {
      Matcher file = FILE.matcher(words);
      return file.lookingAt() && file.group(3) == null ? names.get(text(file.group(2))) : null;
    }

    private static String key(String words) {
      Matcher file = FILE.matcher(words);
      return file.lookingAt() ? file.group(1) + " " + text(file.group(2)) : "";
    }

    /** The path with this number among the words, resolved against the folder before it. */
    private static String path(String words, int number) {
      Matcher text = TEXT.matcher(words);
      int from = 0;
      for (int i = 0; i <= number; i++) {
        from = i == 0 ? 0 : text.end();
        if (!text.find()) {
          throw new AssertionError("no path in " + text(words));
        }
      }
      Path path = Path.of(text(text.group(1)));
      Matcher folder = FILE.matcher(words.substring(from, text.start()));
      if (!path.isAbsolute() && !folder.find()) {
        return "?"; // its folder is not told; mustBeWhole fails if it mattered
      }
      return (path.isAbsolute() ? path : Path.of(text(folder.group(2))).resolve(path))
          .normalize()
          .toString();
    }

    private static long last(String words) {
      return number(words, ", (\\d+)$");
    }

    private static byte[] bytes(String hex) {
      return HexFormat.of().parseHex(hex.replace("\\x", ""));
    }

    private static String text(String hex) {
      return hex.startsWith("\\x") ? new String(bytes(hex), StandardCharsets.UTF_8) : hex;
    }
  }
}
