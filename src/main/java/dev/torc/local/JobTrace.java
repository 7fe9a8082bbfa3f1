package dev.torc.local;

import dev.torc.posix.CallNotice;
import dev.torc.posix.CallTracer;
import dev.torc.posix.FileCall;
import dev.torc.posix.FileStatus;
import dev.torc.posix.PlainFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the processes of one attempt read, as the kernel tells it of each call: the files below some
 * folders that were there when they were opened to be read, or executed, and that the attempt did
 * not write, rename or link into place itself. Folders, files looked for in vain and devices are
 * none. Which of these files count for the job is not its business.
 */
public final class JobTrace implements CallTracer.Judge {

  /** More are told by their folder: a job that reads so many needs that. */
  public static final int MOST = 10_000;

  private static final int EACCES = 13;
  private static final int ACCESS = 3; // the bits of open(2) for reading, writing or both
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0100;
  private static final int O_TRUNC = 01000;
  private static final int O_PATH = 010000000;
  private static final int RESOLVE_IN_ROOT = 0x10;
  private static final int SCRIPT = 256; // bytes in which the system looks for an interpreter

  private static final int DEEP = 4; // interpreters of interpreters

  private static final String CACHE = "/__pycache__/";

  /** What a strict job may do. */
  public interface Bounds {

    /**
     * Whether a call may go on.
     *
     * @param path absolute
     */
    boolean allows(String path, boolean write);
  }

  /** A folder below which names count: how a name begins, and how it then is told. */
  private record Ground(String begins, String told) {}

  private final List<Ground> grounds;
  private final long begin;
  private final Bounds bounds;
  private final SortedSet<String> read = new TreeSet<>();
  private final SortedSet<String> refused = new TreeSet<>();
  private final Set<String> own = new HashSet<>();

  /** Of folders elsewhere, by the names by which they were asked for, where they really are. */
  private final Map<String, String> real = new HashMap<>();

  // of the call that waits for its answer, by the thread that judges
  private final List<String> reads = new ArrayList<>();
  private String written;
  private String movedFrom;
  private String movedTo;
  private String refusal;
  private boolean rooted; // some process of it has a root of its own
  private boolean relinked; // it changed names elsewhere: they may lead to others than they did

  private String blind; // why it cannot be told, guarded by this

  /**
   * @param folders below which names count, absolute; each also by its real path
   * @param begin when the job began, in nanoseconds by the clock of these folders
   * @param bounds what is refused to it; null for nothing
   */
  public JobTrace(Collection<Path> folders, long begin, Bounds bounds) {
    List<Ground> all = new ArrayList<>();
    for (Path folder : folders) {
      String told = folder + "/";
      all.add(new Ground(told, told));
      try {
        all.add(new Ground(folder.toRealPath() + "/", told));
      } catch (IOException e) {
        continue; // nothing lies below what is not there
      }
    }
    grounds = List.copyOf(all);
    this.begin = begin;
    this.bounds = bounds;
  }

  /** Why it was not watched to its end; null where it was. */
  public synchronized String blind() {
    return blind;
  }

  /** The files, absolute; for when it has ended. */
  public synchronized SortedSet<String> read() {
    return read;
  }

  /** What was refused to it, absolute; for when it has ended. */
  public synchronized SortedSet<String> refused() {
    return refused;
  }

  @Override
  public synchronized void blind(String why) {
    blind = blind == null ? why : blind;
  }

  @Override
  public int of(FileCall call, CallNotice notice) throws CallNotice.Unreadable {
    forget();
    if (call.blinds()) {
      blind("it mounted or changed what names lead to");
      return 0;
    }
    switch (call) {
      case CHROOT -> rooted = true;
      case OPEN -> opened(call, notice, notice.argument(1));
      case OPENAT -> opened(call, notice, notice.argument(2));
      case CREAT -> opened(call, notice, O_WRONLY | O_CREAT | O_TRUNC);
      case OPENAT2 -> {
        long how = notice.argument(2); // struct open_how: flags, mode, resolve
        if ((notice.number(how + 16) & RESOLVE_IN_ROOT) != 0) {
          blind("it opened names below a root of its own");
        }
        opened(call, notice, notice.number(how));
      }
      case EXECVE, EXECVEAT -> executed(notice.at(call), notice.name(call), notice, 0);
      default -> placed(call, notice);
    }
    return refusal == null ? 0 : EACCES;
  }

  private void forget() {
    reads.clear();
    written = null;
    movedFrom = null;
    movedTo = null;
    refusal = null;
  }

  @Override
  public synchronized void answered() {
    if (refusal != null) {
      refused.add(refusal);
      return;
    }
    for (String path : reads) {
      saw(path);
    }
    if (written != null) {
      own.add(written);
    }
    if (movedFrom != null) {
      for (String path : List.copyOf(own)) {
        if (path.startsWith(movedFrom)) {
          own.add(movedTo + path.substring(movedFrom.length()));
        }
      }
    }
  }

  /** A file was read: an absolute path. */
  public synchronized void saw(String path) {
    read.add(path);
    if (read.size() > MOST) {
      String folder = path.substring(0, path.lastIndexOf('/') + 1);
      blind("it read more than " + MOST + " files; add their folder to its needs, as " + folder);
      read.clear();
    }
  }

  private void opened(FileCall call, CallNotice notice, long flags) throws CallNotice.Unreadable {
    String path = (flags & O_PATH) != 0 ? null : path(notice.at(call), notice.name(call), notice);
    if (path == null) {
      return;
    }
    int access = (int) flags & ACCESS;
    boolean write = access == O_WRONLY || access == O_RDWR;
    FileStatus there = status(path);
    boolean fresh = (flags & O_TRUNC) != 0 || !there.exists();
    if (write && ((flags & O_CREAT) != 0 || there.exists())) {
      writes(path, fresh);
    }
    if (access != O_WRONLY && !(write && fresh)) {
      reads(path, there, notice);
    }
  }

  /** A program, and the interpreter that it names: the system opens that without a call. */
  private void executed(int at, String name, CallNotice notice, int depth)
      throws CallNotice.Unreadable {
    String path = path(at, name, notice);
    if (path != null) {
      reads(path, status(path), notice);
    }
    String script = path != null ? path : name.startsWith("/") && !rooted ? name : null;
    if (script == null || depth == DEEP || !status(script).isFile()) {
      return;
    }
    try {
      byte[] head = PlainFile.read(Path.of(script), SCRIPT);
      if (head.length > 2 && head[0] == '#' && head[1] == '!') {
        String line = new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        String interpreter = line.substring(2).strip().split("[ \t]", 2)[0];
        executed(CallNotice.HERE, interpreter, notice, depth + 1);
      }
    } catch (IOException e) {
      return; // a program that may be executed and not read has no interpreter
    }
  }

  /** A rename or a link. */
  private void placed(FileCall call, CallNotice notice) throws CallNotice.Unreadable {
    String to = path(notice.otherAt(call), notice.other(call), notice);
    boolean link = call == FileCall.SYMLINK || call == FileCall.SYMLINKAT;
    String from = link ? null : path(notice.at(call), notice.name(call), notice);
    relinked |= to == null;
    if (from != null) {
      FileStatus there = status(from);
      if (!there.isFolder()) {
        reads(from, there, notice);
      } else if (to != null) {
        movedFrom = from + "/";
        movedTo = to + "/";
      }
    }
    if (to != null) {
      writes(to, true);
    }
  }

  private void writes(String path, boolean fresh) {
    if (fresh) {
      written = path;
    }
    if (bounds != null && !own.contains(path) && !bounds.allows(path, true)) {
      refusal = path;
    }
  }

  private void reads(String path, FileStatus there, CallNotice notice)
      throws CallNotice.Unreadable {
    if (!there.isFile()) {
      return;
    }
    String file = source(path);
    if (file == null || own.contains(file) && !file.equals(path)) {
      return;
    }
    if (own.contains(path)) {
      String real = notice.real(path, false); // a link of its own may lead to what is not
      file = real == null ? null : below(real);
      // A call that was to write it may have come to nothing.
      if (file == null || own.contains(file) && there.ctime() >= begin) {
        return;
      }
    }
    reads.add(file);
    if (bounds != null && !bounds.allows(file, false)) {
      refusal = file;
    }
  }

  /**
   * The module of a file of bytecode, which is all that Python opens with a warm cache; null for
   * one that has none.
   */
  private static String source(String path) {
    int cache = path.lastIndexOf(CACHE);
    int name = cache + CACHE.length();
    int dot = cache < 0 ? -1 : path.indexOf('.', name);
    if (dot < 0 || path.indexOf('/', name) >= 0) {
      return path;
    }
    String module = path.substring(0, cache + 1) + path.substring(name, dot) + ".py";
    return status(module).isFile() ? module : null;
  }

  private static boolean isLink(String path) {
    return status(path, false).isLink();
  }

  private static FileStatus status(String path) {
    return status(path, true);
  }

  private static FileStatus status(String path, boolean follow) {
    try {
      return FileStatus.of(path, follow);
    } catch (IOException refused) {
      return FileStatus.MISSING; // and so it is for the job
    }
  }

  /**
   * The name of a call as a path that counts: absolute, without {@code .} and {@code ..}. One that
   * lies elsewhere counts by where its links lead.
   *
   * @param at the folder from which it goes, if it is relative
   * @return null for none that counts
   */
  private String path(int at, String name, CallNotice notice) throws CallNotice.Unreadable {
    boolean absolute = name.startsWith("/");
    String folder = absolute ? "" : notice.folder(at);
    if (folder == null) {
      return null; // it is gone
    }
    String path = absolute || name.isEmpty() ? folder + name : folder + "/" + name;
    String root = rooted ? notice.root() : "/";
    if (root != null && !root.equals("/")) {
      boolean inside = absolute || path.startsWith(root + "/");
      return inside ? led(absolute ? path : path.substring(root.length()), true, notice) : null;
    }
    if (path.startsWith("/proc/self/") || path.startsWith("/proc/thread-self/")) {
      path = "/proc/" + notice.thread() + path.substring(path.indexOf("self/") + 4);
    }
    path = normalized(path, notice);
    if (path == null || path.startsWith("/dev/fd/") || path.startsWith("/dev/std")) {
      return null; // what is open was opened by a call
    }
    String known = below(path);
    return known != null ? known : led(path, false, notice);
  }

  /** Where a name elsewhere leads, if that counts; what is not there lies in its folder. */
  private String led(String path, boolean byRoot, CallNotice notice) throws CallNotice.Unreadable {
    int slash = path.lastIndexOf('/');
    String named = path.substring(0, slash + 1);
    boolean changes = byRoot || relinked || path.startsWith("/proc/");
    String known = changes ? null : real.get(named);
    String folder = known == null ? notice.real(named, byRoot) : known;
    if (folder == null) {
      return null;
    }
    if (!changes) {
      real.put(named, folder);
    }
    String there = folder.equals("/") ? path.substring(slash) : folder + path.substring(slash);
    if (isLink(there)) {
      there = notice.real(path, byRoot);
    }
    return there == null ? null : below(there);
  }

  /** Without {@code .}, {@code ..} and empty parts; a link before {@code ..} is followed. */
  private static String normalized(String path, CallNotice notice) throws CallNotice.Unreadable {
    if (!path.contains("//") && !path.contains("/.") && !path.endsWith("/")) {
      return path;
    }
    StringBuilder out = new StringBuilder();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        String folder = out.isEmpty() ? "/" : out.toString();
        folder = isLink(folder) ? notice.real(folder, false) : folder;
        if (folder == null || !status(folder).exists()) {
          return null; // the system finds nothing there either
        }
        out.setLength(0);
        out.append(folder, 0, Math.max(0, folder.lastIndexOf('/')));
      } else if (!part.isEmpty() && !part.equals(".")) {
        out.append('/').append(part);
      }
    }
    return out.isEmpty() ? "/" : out.toString();
  }

  /** The path as it is told, if it is one that counts; null otherwise. */
  private String below(String path) {
    for (Ground ground : grounds) {
      if (path.startsWith(ground.begins)) {
        int end = ground.begins.length();
        if (path.indexOf("/.", end - 1) >= 0) {
          String parts = path.substring(end - 1) + "/";
          if (parts.contains("/.torc/") || parts.contains("/.git/")) {
            return null; // wherever they lie
          }
        }
        return ground.begins.equals(ground.told) ? path : ground.told + path.substring(end);
      }
    }
    return null;
  }
}
