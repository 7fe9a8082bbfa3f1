package dev.torc.base.posix;

import dev.torc.base.posix.Environment.EnvironmentEntries;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Starts processes by {@code posix_spawn}: each in its own process group, with an empty signal
 * mask, default signal actions and only descriptors 0, 1 and 2. If the C library lacks the actions
 * that close descriptors (glibc before 2.34, musl) or change the folder (glibc before 2.29), each
 * descriptor is closed by number, and {@code sh} changes the folder. {@link ChildWait} waits for
 * the processes.
 */
public final class Spawn implements AutoCloseable {

  private static final int E2BIG = 7;
  private static final int ENOEXEC = 8;
  private static final int X_OK = 1;
  private static final int SETPGROUP = 2;
  private static final int SETSIGDEF = 4;
  private static final int SETSIGMASK = 8;
  private static final int SETSID = 0x80; // Linux only
  private static final int CLOEXEC_DEFAULT = 0x4000; // macOS only
  private static final int SIGCHLD = NativeCall.number(17, 20);
  private static final int ROOM = 1024; // bytes for an opaque struct; the largest known has 336
  private static final int SLACK = 32; // descriptors that may be opened during the count

  private static final int LOG = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_NOFOLLOW;

  private static final byte[] DEV_NULL = bytes("/dev/null");
  private static final byte[] IN_FOLDER = bytes("cd \"$1\" && shift && exec \"$@\"");
  private static final long[] NONE = {};
  private static final byte[] NO_PATH = bytes("/bin:/usr/bin"); // if PATH is unset, as in execvp

  private static final NativeCall SPAWN = NativeCall.of("posix_spawn");
  private static final NativeCall INIT = NativeCall.of("posix_spawn_file_actions_init");
  private static final NativeCall DESTROY = NativeCall.of("posix_spawn_file_actions_destroy");
  private static final NativeCall ADD_OPEN = NativeCall.of("posix_spawn_file_actions_addopen");
  private static final NativeCall ADD_DUP2 = NativeCall.of("posix_spawn_file_actions_adddup2");
  private static final NativeCall ADD_CLOSE = NativeCall.of("posix_spawn_file_actions_addclose");
  private static final Optional<NativeCall> ADD_CHDIR =
      NativeCall.find("posix_spawn_file_actions_addchdir_np");
  private static final Optional<NativeCall> ADD_CLOSEFROM =
      NativeCall.find("posix_spawn_file_actions_addclosefrom_np");
  private static final NativeCall ACCESS = NativeCall.of("access");

  /** The paths to try for a program; the same for all jobs with that program and PATH. */
  private record Search(byte[] program, byte[] path, List<byte[]> candidates) {}

  /** What all tries of one start share: the function, and addresses of its arguments. */
  private record Start(CallTracer.Caller caller, long pid, long actions, long env) {}

  private final boolean hasChdir;
  private final boolean hasCloseFrom;
  private final Memory attributes;
  private final ThreadLocal<ScratchMemory> scratches = ThreadLocal.withInitial(ScratchMemory::new);
  private volatile Search last = new Search(new byte[0], new byte[0], List.of());
  private CallTracer tracer; // made by the first traced start

  public Spawn() {
    this(ADD_CHDIR.isPresent(), ADD_CLOSEFROM.isPresent());
  }

  /** Creates a Spawn whose processes lead sessions without a terminal; only on Linux. */
  public static Spawn ofSessions() {
    return new Spawn(ADD_CHDIR.isPresent(), ADD_CLOSEFROM.isPresent(), SETSID);
  }

  /** Creates a Spawn with a tracer from a test. */
  Spawn(CallTracer tracer) {
    this();
    this.tracer = tracer;
  }

  /** Creates a Spawn for tests, which uses the workarounds for functions that are missing. */
  Spawn(boolean hasChdir, boolean hasCloseFrom) {
    this(hasChdir, hasCloseFrom, SETPGROUP);
  }

  private Spawn(boolean hasChdir, boolean hasCloseFrom, int leads) {
    this.hasChdir = hasChdir;
    this.hasCloseFrom = hasCloseFrom;
    this.attributes = attributes(leads);
  }

  /**
   * Where output goes: standard output and error to the log, or with {@code keepsOut} only error,
   * and standard input is /dev/null; without a log all three are those of this process.
   */
  public record Streams(Path log, boolean truncate, boolean keepsOut) {}

  /**
   * Starts a program as the leader of a new process group, in an absolute folder; returns its
   * number, which {@link ChildWait} must reap. Searches for a program without a slash in the PATH
   * of {@code environment}; runs a script without {@code #!} by sh, as execvp does. {@code trace}
   * may be null. Errors say in one line why the program cannot start.
   */
  public int start(
      List<String> argv, Path dir, EnvironmentEntries environment, Streams streams, JobTrace trace)
      throws IOException {
    List<byte[]> words = argv.stream().map(Spawn::bytes).toList();
    if (anyNul(words) || anyNul(environment.own())) {
      throw new IOException(cannot(argv) + "an argument or variable holds a NUL character");
    }
    ScratchMemory scratch = scratches.get();
    try {
      CallTracer.Caller caller = trace == null ? SPAWN::call : tracer().of(trace);
      long env = environment.array(scratch);
      int error = Libc.ENOENT;
      boolean found = false;
      for (byte[] program : candidates(words.get(0), environment.path())) {
        byte[] place = program[0] == '/' ? program : join(dir.toString(), program);
        int access = ACCESS.call(scratch.text(place), X_OK);
        if (access != 0) {
          error = access == -Libc.EACCES ? Libc.EACCES : error;
          continue;
        }
        found = true;
        long actions = actions(scratch, dir, streams);
        try {
          Start start = new Start(caller, scratch.zeros(Integer.BYTES), actions, env);
          error = spawn(start, scratch, program, words, dir);
          if (error == ENOEXEC) {
            List<byte[]> script = new ArrayList<>(words);
            script.set(0, program);
            script.addFirst(bytes("/bin/sh"));
            error = spawn(start, scratch, bytes("/bin/sh"), script, dir);
          }
          if (error == 0) {
            return Memory.intAt(start.pid);
          }
        } finally {
          DESTROY.call(actions);
        }
        if (error != Libc.ENOENT && error != Libc.ENOTDIR && error != Libc.EACCES) {
          break;
        }
      }
      throw new IOException(cannot(argv) + why(error, found, argv.get(0), dir, streams.log));
    } finally {
      scratch.clear();
      Reference.reachabilityFence(environment);
    }
  }

  private synchronized CallTracer tracer() {
    tracer = tracer == null ? new CallTracer() : tracer;
    return tracer;
  }

  /** Closes the tracer: no process may be started after that. */
  @Override
  public synchronized void close() {
    if (tracer != null) {
      tracer.close();
    }
  }

  private int spawn(
      Start start, ScratchMemory scratch, byte[] program, List<byte[]> words, Path dir) {
    byte[] path = program;
    List<byte[]> argv = words;
    if (!hasChdir) {
      if (!Files.isDirectory(dir)) {
        return Libc.ENOENT;
      }
      path = bytes("/bin/sh");
      argv = new ArrayList<>(words);
      argv.set(0, program);
      argv.addAll(0, List.of(path, bytes("-c"), IN_FOLDER, bytes("sh"), bytes(dir.toString())));
    }
    long arguments = scratch.pointers(NONE, argv);
    long name = scratch.text(path);
    return start.caller.spawn(
        start.pid, name, start.actions, attributes.address(), arguments, start.env);
  }

  private long actions(ScratchMemory scratch, Path dir, Streams streams) {
    long actions = scratch.zeros(ROOM);
    check(INIT.call(actions));
    // Comes first: a traced process with its own listener open would hang after torc's end.
    if (hasCloseFrom) {
      check(ADD_CLOSEFROM.orElseThrow().call(actions, 3));
    } else if (!Libc.MAC) {
      // Closing a free number is no error; new descriptors get the lowest free numbers.
      int last = highestDescriptor() + SLACK;
      for (int fd = 3; fd <= last; fd++) {
        check(ADD_CLOSE.call(actions, fd));
      }
    }
    if (streams.log != null) {
      int flags = LOG | (streams.truncate ? Libc.O_TRUNC : 0);
      int first = streams.keepsOut ? 2 : 1;
      check(ADD_OPEN.call(actions, 0, scratch.text(DEV_NULL), 0, 0));
      check(
          ADD_OPEN.call(actions, first, scratch.text(bytes(streams.log.toString())), flags, 0666));
      if (!streams.keepsOut) {
        check(ADD_DUP2.call(actions, 1, 2));
      } else if (Libc.MAC) {
        check(ADD_DUP2.call(actions, 1, 1));
      }
    } else if (Libc.MAC) {
      for (int fd = 0; fd <= 2; fd++) { // exempts them from CLOEXEC_DEFAULT
        check(ADD_DUP2.call(actions, fd, fd));
      }
    }
    if (hasChdir) {
      long folder = scratch.text(bytes(dir.toString()));
      check(ADD_CHDIR.orElseThrow().call(actions, folder));
    }
    return actions;
  }

  private static int highestDescriptor() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 1024 : Stream.of(open).mapToInt(Integer::parseInt).max().orElse(2);
  }

  /** Returns the attributes, which posix_spawn only reads; {@code leads}: SETPGROUP or SETSID. */
  private static Memory attributes(int leads) {
    Memory memory = Memory.of(ROOM);
    Memory set = Memory.of(ROOM);
    long attributes = memory.address();
    int flags = leads | SETSIGDEF | SETSIGMASK | (Libc.MAC ? CLOEXEC_DEFAULT : 0);
    check(NativeCall.of("posix_spawnattr_init").call(attributes));
    check(NativeCall.of("posix_spawnattr_setflags").call(attributes, flags));
    check(NativeCall.of("posix_spawnattr_setpgroup").call(attributes, 0));
    check(NativeCall.of("posix_spawnattr_setsigmask").call(attributes, set.address()));
    // sigfillset omits the two signals that glibc reserves; they would stay ignored.
    byte[] all = new byte[ROOM];
    Arrays.fill(all, (byte) 0xff);
    set.put(0, all);
    check(NativeCall.of("posix_spawnattr_setsigdefault").call(attributes, set.address()));
    Reference.reachabilityFence(set);
    // Torc's caller may ignore SIGCHLD; the exit status of its children would then be lost.
    NativeCall.of("signal").pointer(SIGCHLD, 0);
    return memory;
  }

  private static void check(int error) {
    if (error != 0) {
      throw new IllegalStateException("cannot prepare a process: " + Libc.reason(error));
    }
  }

  /** Returns the paths to try for a program, in order; none of them is empty. */
  private List<byte[]> candidates(byte[] name, byte[] given) {
    byte[] path = given == null ? NO_PATH : given;
    Search search = last;
    if (!Arrays.equals(name, search.program) || !Arrays.equals(path, search.path)) {
      search = new Search(name, path, search(name, path));
      last = search;
    }
    return search.candidates;
  }

  private static List<byte[]> search(byte[] name, byte[] path) {
    String program = latin(name);
    if (program.isEmpty()) {
      return List.of();
    }
    if (program.indexOf('/') >= 0) {
      return List.of(name);
    }
    List<byte[]> paths = new ArrayList<>();
    for (String folder : latin(path).split(":", -1)) {
      String candidate = folder.isEmpty() ? "./" + program : folder + "/" + program;
      paths.add(candidate.getBytes(StandardCharsets.ISO_8859_1));
    }
    return paths;
  }

  private static String why(int error, boolean found, String program, Path dir, Path log) {
    if (!Files.isDirectory(dir)) {
      return "no folder " + dir;
    }
    if (log != null && !(Files.exists(log) ? Files.isWritable(log) : writableParent(log))) {
      return "cannot write its log " + log;
    }
    boolean searched = program.indexOf('/') < 0;
    return switch (error) {
      case Libc.ENOENT, Libc.ENOTDIR ->
          found
              ? "the interpreter that it names does not exist"
              : searched ? "no such program in PATH" : "no such file";
      case Libc.EACCES ->
          searched
              ? "no executable file of this name in PATH"
              : Files.isDirectory(dir.resolve(program))
                  ? "a folder"
                  : "not an executable file; run chmod +x on it";
      case E2BIG -> "arguments and environment are too long; read the list in TORC_NEEDS instead";
      default -> Libc.reason(error);
    };
  }

  private static boolean writableParent(Path log) {
    return log.getParent() != null && Files.isWritable(log.getParent());
  }

  private static String cannot(List<String> argv) {
    return "cannot start " + argv.get(0).replaceAll("\\p{Cntrl}", "?") + ": ";
  }

  private static boolean anyNul(List<byte[]> texts) {
    for (byte[] text : texts) {
      for (byte b : text) {
        if (b == 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static byte[] join(String folder, byte[] name) {
    byte[] start = bytes(folder + "/");
    byte[] both = Arrays.copyOf(start, start.length + name.length);
    System.arraycopy(name, 0, both, start.length, name.length);
    return both;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Decodes bytes one to one, so that the same bytes can be encoded again. */
  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
