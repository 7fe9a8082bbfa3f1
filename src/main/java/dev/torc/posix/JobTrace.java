package dev.torc.posix;

import dev.torc.posix.FileCall.Change;
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
 * The files that the processes of one attempt read, as the kernel reports it call by call: files
 * below some folders that existed when they were opened for reading, or executed, and that the
 * attempt did not write, rename or link into place itself. Folders, devices and missing files do
 * not count. {@link CallTracer} hands the calls over one at a time, on one thread. All files are
 * known when the processes have ended; the callers decide which of them count for the job.
 */
public final class JobTrace {

  /** An attempt that reads more files counts as not traced: its job should need their folder. */
  static final int MOST = 10_000;

  private static final int ACCESS = 3; // the bits of open(2) for reading, writing or both
  private static final int NO_NAME = 010000000 | 020000000; // O_PATH, and the bit of O_TMPFILE
  private static final int NEW = Libc.O_CREAT | 0200; // O_EXCL
  private static final int REMOVE_FOLDER = 0x200; // AT_REMOVEDIR
  private static final int SCRIPT = 256; // bytes in which the system looks for an interpreter
  private static final int DEEP = 4; // levels of interpreters of interpreters

  private static final String CACHE = "/__pycache__/";
  private static final Set<String> SPECIAL = Set.of(".", "..", ".git", ".torc");

  public enum Access {
    READ,
    WRITE,
    /** It makes a folder there, or removes an empty one. */
    FOLDER
  }

  /** The paths that a strict job may use. */
  public interface Bounds {

    /** Returns whether a call may continue; the path is absolute. */
    boolean allows(String path, Access access);
  }

  /** A folder below which names count: how a name in it begins, and how it begins when reported. */
  private record Ground(String begins, String told) {}

  /**
   * A folder in which names lie; all its paths end with a slash. {@code named} is as the calling
   * process sees it. Names count if {@code told}, the path as it is reported, is not null;
   * otherwise {@code real} is set, since links in the folder may lead to names that count.
   */
  private record Place(String named, String told, String real) {}

  private final List<Ground> grounds;
  private final long begin;
  private final Bounds bounds;

  private final Set<String> read = ConcurrentHashMap.newKeySet();
  private final Map<String, Access> refused = new ConcurrentHashMap<>();
  private final Set<String> wrote = ConcurrentHashMap.newKeySet();
  private volatile String blind; // why it was not watched to its end; null if it was
  private volatile CountDownLatch over = new CountDownLatch(0);

  // for the thread that handles the calls

  private final Set<String> own = new HashSet<>();

  /** Places of names met so far: by the folder a relative name starts from, then its own folder. */
  private final Map<String, Map<String, Place>> places = new HashMap<>();

  private int room = 10 * MOST; // for more places

  private final StatusBuffer status = new StatusBuffer();
  private CallNotice notice; // the call that waits for its answer
  private boolean refuses; // whether that call is refused
  private String root = ""; // the root folder of its thread; empty if it is this process's own
  private boolean rooted; // some process of the job has a root of its own
  private boolean relinked; // names that do not count were changed: they may lead elsewhere now

  /**
   * @param folders those below which names count, absolute; each counts also by its real path
   * @param begin when the job began, in nanoseconds by the clock of these folders
   * @param bounds what the job may do; null if nothing is refused
   */
  public JobTrace(Collection<Path> folders, long begin, Bounds bounds) {
    Set<Ground> all = new LinkedHashSet<>();
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

  /** Returns why tracing does not work here; null where it does. */
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

  /** Notes the start of a process: the first one, or one after a failed start or an end. */
  void noteStart(CountDownLatch end) {
    over = end;
  }

  /** Waits until all processes of the last start have ended; false if one has not in this time. */
  public boolean isOver(long milliseconds) {
    try {
      return over.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return over.getCount() == 0;
    }
  }

  /** Returns why the attempt was not watched to its end; null where it was. */
  public String blind() {
    return blind;
  }

  /** Returns the files that were read, absolute. */
  public Set<String> read() {
    return Set.copyOf(read);
  }

  /** Returns the paths that were opened for writing, renamed or linked into place, absolute. */
  public Set<String> wrote() {
    return Set.copyOf(wrote);
  }

  /** Returns the files and folders that were refused to the job, absolute, with their last use. */
  public Map<String, Access> refused() {
    return Map.copyOf(refused);
  }

  /** Notes that a file was read, by its absolute path. */
  public void saw(String path) {
    if (read.add(path) && read.size() > MOST) {
      String folder = path.substring(0, path.lastIndexOf('/') + 1);
      blind("it read more than " + MOST + " files; add their folder to its needs, as " + folder);
      read.clear();
    }
  }

  /** Notes that reads may go unseen from now on; the first reason stays. From any thread. */
  public synchronized void blind(String why) {
    blind = blind == null ? why : blind;
  }

  /** Returns whether a call is refused. Never throws: the job continues in any case. */
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

  /** Handles, for strict jobs, a name made or removed, or a file changed without an open. */
  private void changed(FileCall call) throws CallNotice.Unreadable {
    String name = call.name < 0 ? "" : notice.name(call.name);
    String path = path(call.folder, name.equals(".") ? "" : name);
    boolean makes = call.change == Change.MAKE || call.change == Change.MAKE_FOLDER;
    if (path == null || makes == (kind(path, false) != 0)) {
      return; // it does not count, or the call fails by itself
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
    if (plain && read.contains(path) && !own.contains(path)) {
      return; // one more read tells nothing new
    }
    int access = (int) flags & ACCESS;
    int kind = kind(path, true);
    boolean makes = (flags & Libc.O_CREAT) != 0 && kind == 0;
    boolean writes = access == Libc.O_WRONLY || access == Libc.O_RDWR;
    boolean empties = kind != 0 && (flags & Libc.O_TRUNC) != 0; // even if it is opened to read
    boolean fresh = makes || empties;
    if (makes || empties || writes && kind != 0) {
      writes(path, fresh, Access.WRITE);
    }
    if (access != Libc.O_WRONLY && !fresh) {
      reads(path, kind);
    }
  }

  /**
   * Returns whether an open asks for a new file, a folder, or no link, and finds another thing. The
   * name counts as it was called: a link outside may lead to a file that counts.
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

  /** Handles a program that is executed, and its interpreter, which is opened without a call. */
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
      return; // a program that may be executed and not read has no interpreter
    }
  }

  /** Handles a file or folder that is renamed or linked. */
  private void placed(FileCall call) throws CallNotice.Unreadable {
    String to = path(call.otherFolder, notice.name(call.other));
    relinked |= to == null;
    places.clear();
    boolean link = call == FileCall.SYMLINK || call == FileCall.SYMLINKAT;
    String from = link ? null : path(call.folder, notice.name(call.name));
    int kind = from == null ? 0 : kind(from, true);
    reads(from, kind);
    boolean renames = !link && call != FileCall.LINK && call != FileCall.LINKAT;
    if (renames && from != null && kind(from, false) != 0) {
      writes(from, false, Access.WRITE);
    }
    if (to != null && !refuses) {
      writes(to, true, Access.WRITE);
    }
    if (kind == FileStatus.FOLDER && to != null && !refuses) {
      for (String path : List.copyOf(own)) {
        if (path.startsWith(from + "/")) {
          own.add(to + path.substring(from.length()));
        }
      }
    }
  }

  /** Handles the writing of a file; {@code fresh} if its old content cannot be read any more. */
  private void writes(String path, boolean fresh, Access access) {
    if (bounds != null && !isOwn(path) && !bounds.allows(path, access)) {
      refuses(path, access);
      return;
    }
    wrote.add(path);
    if (fresh) {
      own.add(path);
    }
  }

  /** Returns whether the job made a file or folder, or a folder in which it lies. */
  private boolean isOwn(String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (own.contains(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  /** Records, or under strict refuses, an opened file that counts. */
  private void reads(String path, int kind) throws CallNotice.Unreadable {
    String file = kind == FileStatus.FILE ? source(path) : null;
    if (file == null || !file.equals(path) && own.contains(file)) {
      return;
    }
    if (own.contains(path)) {
      String real = notice.real(path, false); // its own link may lead to another file
      file = real == null ? null : below(real);
      // The call to write it may have failed: then its ctime is older than the job.
      if (file == null || own.contains(file) && kind(path, true) != 0 && status.ctime() >= begin) {
        return;
      }
    }
    if (bounds != null && !bounds.allows(file, Access.READ)) {
      refuses(file, Access.READ);
    } else {
      saw(file);
    }
  }

  private void refuses(String path, Access access) {
    refused.put(path, access);
    refuses = true;
  }

  /**
   * Returns the path itself; for Python's bytecode its module, since Python with a warm cache opens
   * only the bytecode, and null where there is no such module.
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

  /** Returns the bits of {@link FileStatus#KIND} of the file there; 0 for nothing. */
  private int kind(String path, boolean follow) {
    try {
      return status.look(path, follow) ? status.modeAsIs() & FileStatus.KIND : 0;
    } catch (IOException refused) {
      return 0; // the job is refused, too
    }
  }

  /**
   * Returns the path, as it is reported, to which a name leads; null if it does not count. A name
   * that lies elsewhere counts if its links lead to one that counts. A relative name starts from
   * the descriptor in argument {@code index}; an empty one is the file of that descriptor.
   */
  private String path(int index, String text) throws CallNotice.Unreadable {
    root = rooted ? notice.root() : "";
    String folder = text.startsWith("/") ? root : notice.folder(index);
    if (folder == null || root == null || rooted && !(folder + "/").startsWith(root + "/")) {
      return null; // it is gone, or out of the thread's reach
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
    if (place == null || place.told != null) {
      return place == null ? null : place.told.concat(last);
    }
    String there = place.real.concat(last);
    if (kind(there, false) == FileStatus.LINK) {
      there = notice.real(place.named + last, !root.isEmpty());
    }
    return there == null ? null : below(there);
  }

  /** Returns the place of the folder that a name begins with; null if nothing in it can count. */
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
      return null; // what is open was opened by a call
    }
    String told = root.isEmpty() ? below(named) : null;
    String real = told == null ? notice.real(named, !root.isEmpty()) : "";
    if (real == null) {
      return null;
    }
    place = new Place(named, told, real.endsWith("/") ? real : real + "/");
    boolean lasts = told != null || !rooted && !relinked && !named.startsWith("/proc/");
    if (lasts && !begin.contains("../") && room-- > 0) {
      places.computeIfAbsent(folder, any -> new HashMap<>()).put(begin, place);
    }
    return place;
  }

  /** Returns a folder without empty and dot parts; follows a link before {@code ..}. */
  private String normalized(String path) throws CallNotice.Unreadable {
    if (!path.contains("//") && !path.contains("/./") && !path.contains("/../")) {
      return path;
    }
    StringBuilder out = new StringBuilder();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        String folder = out.isEmpty() ? "/" : out.toString();
        boolean link = kind(folder, false) == FileStatus.LINK;
        folder = link ? notice.real(folder, false) : folder;
        if (folder == null || kind(folder, true) == 0) {
          return null; // the system finds nothing there either
        }
        out.setLength(0);
        out.append(folder, 0, Math.max(0, folder.lastIndexOf('/')));
      } else if (!part.isEmpty() && !part.equals(".")) {
        out.append('/').append(part);
      }
    }
    return out.append('/').toString();
  }

  /** Returns the path as it is reported, if it counts; null otherwise. */
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
