package dev.torc.base.posix;

import dev.torc.base.posix.FileCall.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Collects the files that one attempt's processes read, from the system calls that the kernel
 * reports. A regular file counts if it lies below a given folder, is opened for reading or
 * executed, and was not written, renamed or linked into place by the attempt itself. {@link
 * CallTracer} passes the calls one at a time, on one thread. The set is complete once all processes
 * have ended. The callers decide which of the files matter for the job.
 */
public final class JobTrace {

  /** If an attempt reads more files, its trace is incomplete: its job should need their folder. */
  static final int MOST = 10_000;

  private static final int ACCESS = 3; // O_ACCMODE: reading, writing or both
  private static final int NO_NAME = 010000000 | 020000000; // O_PATH and O_TMPFILE's own bit
  private static final int NEW = Libc.O_CREAT | 0200; // O_EXCL
  private static final int REMOVE_FOLDER = 0x200; // AT_REMOVEDIR
  private static final int SCRIPT = 256; // bytes in which the kernel looks for a #! line
  private static final int DEEP = 4; // most levels of scripts that interpret scripts

  private static final String CACHE = "/__pycache__/";
  private static final Set<String> SPECIAL = Set.of(".", "..", ".git", ".torc");

  public enum Access {
    READ,
    WRITE,
    /** The call makes a folder or removes an empty one. */
    FOLDER
  }

  /** The paths that a strict job may use. */
  public interface Bounds {

    /** Returns whether a call may continue; the path is absolute. */
    boolean allows(String path, Access access);
  }

  /** A folder whose files count: its path, and the path that replaces it in reports. */
  private record Ground(String begins, String told) {}

  /**
   * A folder in which calls name files: its path as the process sees it, its path in reports (null
   * if its names do not count), and its real path, since a link may lead to a file that counts. All
   * three end with a slash.
   */
  private record Place(String named, String told, String real) {}

  private final List<Ground> grounds;
  private final long begin;
  private final Bounds bounds;

  private final Set<String> read = ConcurrentHashMap.newKeySet();
  private final Map<String, Access> refused = new ConcurrentHashMap<>();
  private final Set<String> wrote = ConcurrentHashMap.newKeySet();
  private final Set<String> ways = ConcurrentHashMap.newKeySet();

  /** The files to which names led when they were opened, if symlinks are on the way. */
  private final Map<String, Set<String>> targets = new ConcurrentHashMap<>();

  private volatile String blind; // why reads may be missing; null if none are
  private volatile CountDownLatch over = new CountDownLatch(0);

  // The fields below are only for the thread that handles the calls.

  private final Set<String> own = new HashSet<>();

  private final OwnMoves moves = new OwnMoves();
  private final Set<String> known = new HashSet<>(); // names read since the last rename or link

  /** Known places, by the folder a relative name starts from, then by the name's folder part. */
  private final Map<String, Map<String, Place>> places = new HashMap<>();

  private int room = 10 * MOST; // how many more places may be kept

  private final StatusBuffer status = new StatusBuffer();
  private CallNotice notice; // the call being handled
  private boolean refuses; // whether that call is refused
  private String real; // the last name, in its folder's real path; null if that is outside
  private String root = ""; // root folder of the calling thread; empty if it is torc's
  private boolean rooted; // whether a process of the job has called chroot(2)
  private boolean relinked; // after a rename or link outside the folders, real paths are not kept

  /**
   * @param folders absolute; the files below them count, also if named by a folder's real path
   * @param begin when the job began, in nanoseconds since 1970 by the clock of these folders
   * @param bounds what the job may do; null if nothing is refused
   */
  public JobTrace(Collection<Path> folders, long begin, Bounds bounds) {
    Set<Ground> all = new LinkedHashSet<>();
    for (Path folder : folders) {
      String told = folder + "/";
      all.add(new Ground(told, told));
      all.add(new Ground(Io.or(folder::toRealPath, folder) + "/", told)); // maybe the same
    }
    grounds = List.copyOf(all);
    this.begin = begin;
    this.bounds = bounds;
  }

  /** Returns why tracing does not work on this machine; null if it works. */
  public static String refusal() {
    if (Libc.MAC) {
      return "traces need Linux on x86-64 or AArch64";
    }
    try (CallTracer tried = new CallTracer()) {
      return tried.refusal();
    }
  }

  boolean isStrict() {
    return bounds != null;
  }

  /** Records a process start; {@code end} opens when the process and its descendants have ended. */
  void noteStart(CountDownLatch end) {
    over = end;
  }

  /** Waits until all processes of the last start have ended; returns false after the given time. */
  public boolean isOver(long milliseconds) {
    try {
      return over.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return over.getCount() == 0;
    }
  }

  /** Returns why reads may be missing from the trace; null if it is complete. */
  public String blind() {
    return blind;
  }

  /**
   * Returns the absolute paths of the files that were read: as they were named, and by their real
   * paths if the names lead elsewhere by now.
   */
  public Set<String> read() {
    Set<String> all = new HashSet<>(read);
    targets.forEach(
        (name, files) -> {
          String now = now(name);
          files.stream().filter(file -> !file.equals(now)).forEach(all::add);
        });
    return all;
  }

  /** Returns the path of the file that a name leads to now; null if there is none. */
  private String now(String name) {
    return Io.or(() -> below(Path.of(name).toRealPath().toString()), null);
  }

  /** Returns the absolute paths that the job, which did not make them, moved away and back. */
  public Set<String> returned() {
    return moves.returned();
  }

  /** Returns the {@linkplain Walk ways} of names that were opened; one may be empty. */
  public Set<String> ways() {
    return Set.copyOf(ways);
  }

  /** Returns the absolute paths that were opened for writing, renamed, linked or changed. */
  public Set<String> wrote() {
    return Set.copyOf(wrote);
  }

  /** Returns the absolute paths that the job was denied, with the access that it last tried. */
  public Map<String, Access> refused() {
    return Map.copyOf(refused);
  }

  /** Records that the file at an absolute path was read. */
  public void saw(String path) {
    if (read.add(path) && read.size() > MOST) {
      String folder = path.substring(0, path.lastIndexOf('/') + 1);
      blind("it read more than " + MOST + " files; add their folder to its needs, as " + folder);
      read.clear();
    }
  }

  /** Records, on any thread, that reads may be missing from now on; the first reason is kept. */
  public synchronized void blind(String why) {
    blind = blind == null ? why : blind;
  }

  /** Returns whether to refuse a call. Never throws, so the job always continues. */
  boolean refuses(CallNotice call) {
    notice = call;
    refuses = false;
    try {
      look(call.call());
    } catch (CallNotice.Unreadable hole) {
      blind(hole.getMessage());
    } catch (Throwable trouble) { // OutOfMemoryError, too
      blind("torc met " + trouble);
    }
    return refuses;
  }

  private void look(FileCall call) throws CallNotice.Unreadable {
    if (call == null) {
      blind("it made a 32-bit system call");
      return;
    }
    switch (call) {
      case OPEN, OPENAT -> opened(call, notice.argument(call.name + 1));
      case CREAT -> opened(call, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC);
      case OPENAT2 -> {
        long how = notice.argument(2); // struct open_how: flags, mode, resolve
        if ((notice.number(how + 16) & CallNotice.RESOLVE_IN_ROOT) != 0) {
          blind("it opened names below a root of its own");
        }
        boolean plain = (notice.number(how + 16) & CallNotice.RESOLVE_NO_SYMLINKS) != 0;
        opened(call, notice.number(how) | (plain ? Libc.O_NOFOLLOW : 0));
      }
      case EXECVE, EXECVEAT -> executed(call.folder, notice.name(call.name), 0);
      case CHROOT -> rooted = true;
      case MOUNT, MOVE_MOUNT, PIVOT_ROOT, SETNS, OPEN_BY_HANDLE ->
          blind("it mounted or changed what names lead to");
      default -> {
        if (call.change == null) {
          placed(call);
        } else {
          changed(call);
        }
      }
    }
  }

  /** Handles a strict job's call that makes, removes or changes a name without an open. */
  private void changed(FileCall call) throws CallNotice.Unreadable {
    String name = call.name < 0 ? "" : notice.name(call.name);
    String path = path(call.folder, name.equals(".") ? "" : name);
    boolean makes = call.change == Change.MAKE || call.change == Change.MAKE_FOLDER;
    if (path == null || makes == (kind(path, false) != 0)) {
      return; // it does not count, or the call is going to fail
    }
    boolean empty = call == FileCall.UNLINKAT && (notice.argument(2) & REMOVE_FOLDER) != 0;
    boolean folder = empty || call.change == Change.MAKE_FOLDER || call == FileCall.RMDIR;
    writes(path, makes, folder ? Access.FOLDER : Access.WRITE);
  }

  private void opened(FileCall call, long flags) throws CallNotice.Unreadable {
    String path = (flags & NO_NAME) != 0 ? null : path(call.folder, notice.name(call.name));
    if (path == null || isRefused(call, flags)) {
      return;
    }
    boolean plain = (flags & (ACCESS | Libc.O_CREAT | Libc.O_TRUNC)) == 0;
    if (plain && known.contains(path)) {
      return; // already recorded
    }
    int access = (int) flags & ACCESS;
    int kind = kind(path, true);
    boolean makes = (flags & Libc.O_CREAT) != 0 && kind == 0;
    boolean writes = access == Libc.O_WRONLY || access == Libc.O_RDWR;
    boolean empties = kind != 0 && (flags & Libc.O_TRUNC) != 0; // even if opened to read
    boolean fresh = makes || empties;
    if (makes || empties || writes && kind != 0) {
      real = kind == 0 ? real : target(path);
      writes(path, fresh, Access.WRITE);
    }
    if (access != Libc.O_WRONLY && !fresh) {
      reads(path, kind);
      if (plain && kind != 0) {
        known.add(path);
      }
    }
  }

  /**
   * Returns whether an open fails, or opens a folder: {@code O_EXCL} finds a name, or {@code
   * O_NOFOLLOW} a link. Checks the name as passed, since {@link #path} may have followed a link.
   */
  private boolean isRefused(FileCall call, long flags) throws CallNotice.Unreadable {
    boolean anew = (flags & NEW) == NEW;
    if (!anew && (flags & Libc.O_NOFOLLOW) == 0) {
      return (flags & Libc.O_DIRECTORY) != 0;
    }
    String name = notice.name(call.name);
    String at = name.startsWith("/") ? root + name : notice.folder(call.folder) + "/" + name;
    int kind = kind(at, false);
    return anew ? kind != 0 : kind == FileStatus.LINK;
  }

  /** Handles an executed program and its interpreter, which the kernel opens on its own. */
  private void executed(int index, String name, int depth) throws CallNotice.Unreadable {
    String path = path(index, name);
    if (path != null) {
      reads(path, kind(path, true));
    }
    String script = path != null ? path : name.startsWith("/") && !rooted ? name : null;
    if (script == null || depth == DEEP || kind(script, true) != FileStatus.FILE) {
      return;
    }
    try {
      byte[] head = PlainFile.read(Path.of(script), SCRIPT);
      if (head.length > 2 && head[0] == '#' && head[1] == '!') {
        String line = new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        executed(-1, line.substring(2).strip().split("[ \t]", 2)[0], depth + 1);
      }
    } catch (IOException e) {
      return; // without read permission, it cannot be a script
    }
  }

  /** Handles a call that renames or links a file or folder. */
  private void placed(FileCall call) throws CallNotice.Unreadable {
    String to = path(call.otherFolder, notice.name(call.other));
    String place = real;
    relinked |= to == null;
    places.clear();
    known.clear();
    boolean link = call == FileCall.SYMLINK || call == FileCall.SYMLINKAT;
    String from = link ? null : path(call.folder, notice.name(call.name));
    int kind = from == null ? 0 : kind(from, true);
    reads(from, kind);
    boolean renames = !link && call != FileCall.LINK && call != FileCall.LINKAT;
    boolean before = moves.has(from) || !own.contains(from);
    if (renames && from != null && kind(from, false) != 0) {
      writes(from, false, Access.WRITE);
    }
    real = place;
    if (to != null && !refuses) {
      writes(to, true, Access.WRITE);
    }
    if (renames && before && from != null && to != null && !refuses && moves.bringsBack(from, to)) {
      own.remove(to);
      read.removeIf(path -> (path + "/").startsWith(from + "/"));
    }
    if (kind == FileStatus.FOLDER && to != null && !refuses) {
      for (String path : List.copyOf(own)) {
        if (path.startsWith(from + "/")) {
          own.add(to + path.substring(from.length()));
        }
      }
    }
  }

  /** Handles a write; if {@code fresh}, later reads of the file see only the job's own content. */
  private void writes(String path, boolean fresh, Access access) {
    if (bounds != null && !isOwn(path) && !bounds.allows(path, access)) {
      refuses(path, access);
      return;
    }
    wrote.add(path);
    if (fresh) {
      own.add(path);
      if (real != null) {
        own.add(real);
      }
    }
  }

  /** Returns whether the job made this file or folder, or a folder above it. */
  private boolean isOwn(String path) {
    String at = path;
    while (!at.isEmpty() && !own.contains(at)) {
      at = OwnMoves.above(at);
    }
    return !at.isEmpty();
  }

  /** Records an opened file that counts, or refuses a strict job's access to it. */
  private void reads(String path, int kind) throws CallNotice.Unreadable {
    String file = kind == FileStatus.FILE ? source(path) : null;
    if (file == null) {
      return;
    }
    real = real == null ? null : source(real);
    String target = target(file);
    boolean mine = own.contains(file) || isBehindOwnLink(file);
    // The call to write it may have failed: then its ctime is older than the job.
    boolean made = own.contains(target) && kind(file, true) != 0 && status.ctime() >= begin;
    if (made || mine && target == null) {
      return;
    }
    String counts = mine ? target : file;
    if (bounds != null && !bounds.allows(counts, Access.READ)) {
      refuses(counts, Access.READ);
      return;
    }
    saw(counts);
    if (!moves.origin(file).equals(file)) {
      saw(moves.origin(file));
    }
    if (target != null && !target.equals(counts)) {
      targets.computeIfAbsent(counts, _ -> ConcurrentHashMap.newKeySet()).add(moves.origin(target));
    }
  }

  /** Returns {@link #real}, or where the file leads if it is a link; null if that is outside. */
  private String target(String file) throws CallNotice.Unreadable {
    if (kind(file, false) != FileStatus.LINK) {
      return real;
    }
    String end = notice.real(file, false);
    return end == null ? null : below(end);
  }

  /** Returns whether a folder above a file is a symlink that the job made. */
  private boolean isBehindOwnLink(String path) {
    String at = OwnMoves.above(path);
    while (!at.isEmpty() && !(own.contains(at) && kind(at, false) == FileStatus.LINK)) {
      at = OwnMoves.above(at);
    }
    return !at.isEmpty();
  }

  private void refuses(String path, Access access) {
    refused.put(path, access);
    refuses = true;
  }

  /**
   * Returns the path itself. For Python bytecode, returns the path of its module, or null if that
   * is missing: if the bytecode is up to date, Python does not open the module.
   */
  private String source(String path) {
    int name = path.lastIndexOf('/') + 1;
    int dot = path.indexOf('.', name);
    if (dot < 0 || !path.startsWith(CACHE, name - CACHE.length())) {
      return path;
    }
    String folder = path.substring(0, name - CACHE.length() + 1);
    String module = folder + path.substring(name, dot) + ".py";
    return kind(module, true) == FileStatus.FILE ? module : null;
  }

  /** Returns the {@link FileStatus#KIND} bits of a file; 0 if it is missing. */
  private int kind(String path, boolean follow) {
    try {
      return status.look(path, follow) ? status.modeAsIs() & FileStatus.KIND : 0;
    } catch (IOException refused) {
      return 0; // the job cannot reach it either
    }
  }

  /**
   * Returns the path to report for a name that a call passes; null if it does not count. A name
   * outside the folders counts if it leads to a file that counts. A relative name starts from the
   * descriptor in argument {@code index} (-1: current folder); an empty name means the descriptor's
   * own file.
   */
  private String path(int index, String text) throws CallNotice.Unreadable {
    real = null;
    root = rooted ? notice.root() : "";
    String folder = text.startsWith("/") ? root : notice.folder(index);
    if (folder == null || root == null || rooted && !(folder + "/").startsWith(root + "/")) {
      return null; // the folder is gone, or outside the thread's root
    }
    folder = folder.substring(root.length());
    String name = text.isEmpty() ? folder : text;
    int end = name.length();
    while (end > 1 && name.charAt(end - 1) == '/') {
      end--;
    }
    int slash = name.lastIndexOf('/', end - 1);
    String last = name.substring(slash + 1, end);
    if (last.startsWith(".") && SPECIAL.contains(last)) {
      return null;
    }
    Place place = place(text.isEmpty() ? "" : folder, name.substring(0, slash + 1));
    if (place == null) {
      return null;
    }
    String there = place.real.concat(last);
    boolean link = place.told == null && kind(there, false) == FileStatus.LINK;
    if (link) {
      there = notice.real(place.named + last, !root.isEmpty());
    }
    real = there == null ? null : below(there);
    if (place.told != null) {
      return place.told.concat(last);
    }
    if (real != null && root.isEmpty()) {
      ways.add(place.named + (link ? last + "/." : "."));
    }
    return real;
  }

  /** Returns the place for the folder part of a name; null if nothing in that folder can count. */
  private Place place(String folder, String begin) throws CallNotice.Unreadable {
    Map<String, Place> from = places.get(folder);
    Place place = from == null || rooted ? null : from.get(begin);
    if (place != null) {
      return place;
    }
    String named = begin.startsWith("/") ? begin : folder + "/" + begin;
    if (named.startsWith("/proc/self/") || named.startsWith("/proc/thread-self/")) {
      named = "/proc/" + notice.thread() + named.substring(named.indexOf("self/") + 4);
    }
    named = root.isEmpty() ? normalized(named) : named;
    if (named == null || named.equals("/dev/") || named.startsWith("/dev/fd/")) {
      return null; // an open file was handled when it was opened
    }
    String told = root.isEmpty() ? below(named) : null;
    String where = notice.real(named, !root.isEmpty());
    if (where == null) {
      return null;
    }
    place = new Place(named, told, where.endsWith("/") ? where : where + "/");
    boolean lasts = told != null || !rooted && !relinked && !named.startsWith("/proc/");
    if (lasts && !begin.contains("../") && room-- > 0) {
      places.computeIfAbsent(folder, any -> new HashMap<>()).put(begin, place);
    }
    return place;
  }

  /** Removes empty and dot parts from a folder's path; returns null if the folder is missing. */
  private String normalized(String path) throws CallNotice.Unreadable {
    if (!path.contains("//") && !path.contains("/./") && !path.contains("/../")) {
      return path;
    }
    if (below(path) != null) {
      ways.add(Walk.way(path));
    }
    StringBuilder out = new StringBuilder();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        String folder = out.isEmpty() ? "/" : out.toString();
        folder = kind(folder, false) == FileStatus.LINK ? notice.real(folder, false) : folder;
        if (folder == null || kind(folder, true) == 0) {
          return null; // the call cannot find the folder either
        }
        out.setLength(0);
        out.append(folder, 0, Math.max(0, folder.lastIndexOf('/')));
      } else if (!part.isEmpty() && !part.equals(".")) {
        out.append('/').append(part);
      }
    }
    return out.append('/').toString();
  }

  /** Returns the path to report for an absolute path; null if it does not count. */
  private String below(String path) {
    for (Ground ground : grounds) {
      if (path.startsWith(ground.begins)) {
        int end = ground.begins.length();
        if (path.indexOf("/.", end - 1) >= 0) {
          String parts = path.substring(end - 1) + "/";
          if (parts.contains("/.torc/") || parts.contains("/.git/")) {
            return null; // these never count
          }
        }
        return ground.begins.equals(ground.told) ? path : ground.told + path.substring(end);
      }
    }
    return null;
  }
}
