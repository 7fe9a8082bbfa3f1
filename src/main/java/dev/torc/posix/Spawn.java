package dev.torc.posix;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Starts a process by {@code posix_spawn}: in a process group of its own, with an empty signal
 * mask, default dispositions and no descriptor but 0, 1 and 2. The C libraries differ: where the
 * actions that close descriptors (glibc before 2.34, musl) or change the folder (glibc before 2.29)
 * are missing, each descriptor is closed by number, and {@code sh} changes the folder. Waiting for
 * the process is {@link Wait}'s.
 */
public final class Spawn {

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout PTR = Libc.POINTER;

  private static final int ENOENT = 2;
  private static final int E2BIG = 7;
  private static final int ENOEXEC = 8;
  private static final int EACCES = 13;
  private static final int ENOTDIR = 20;
  private static final int X_OK = 1;
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = Os.number(0100, 0x200);
  private static final int O_TRUNC = Os.number(01000, 0x400);
  private static final int O_APPEND = Os.number(02000, 0x8);
  private static final short SETPGROUP = 2;
  private static final short SETSIGDEF = 4;
  private static final short SETSIGMASK = 8;
  private static final short CLOEXEC_DEFAULT = 0x4000; // macOS only
  private static final int SIGCHLD = Os.number(17, 20);
  private static final long ROOM = 1024; // for opaque structs, the largest known has 336 bytes
  private static final int SLACK = 32; // descriptors that may be opened while we count them

  private static final MethodHandle SPAWN = call("posix_spawn", PTR, PTR, PTR, PTR, PTR, PTR);
  private static final MethodHandle ACTIONS_INIT = call("posix_spawn_file_actions_init", PTR);
  private static final MethodHandle ACTIONS_DESTROY = call("posix_spawn_file_actions_destroy", PTR);
  private static final MethodHandle ADD_OPEN =
      call("posix_spawn_file_actions_addopen", PTR, INT, PTR, INT, INT);
  private static final MethodHandle ADD_DUP2 =
      call("posix_spawn_file_actions_adddup2", PTR, INT, INT);
  private static final MethodHandle ADD_CLOSE = call("posix_spawn_file_actions_addclose", PTR, INT);
  private static final Optional<MethodHandle> ADD_CHDIR =
      Libc.optional("posix_spawn_file_actions_addchdir_np", FunctionDescriptor.of(INT, PTR, PTR));
  private static final Optional<MethodHandle> ADD_CLOSEFROM =
      Libc.optional(
          "posix_spawn_file_actions_addclosefrom_np", FunctionDescriptor.of(INT, PTR, INT));
  private static final MethodHandle ACCESS = call("access", PTR, INT);

  private final boolean hasChdir;
  private final boolean hasCloseFrom;
  private final MemorySegment attributes;

  /** A starter that uses what this system's C library has. */
  public Spawn() {
    this(ADD_CHDIR.isPresent(), ADD_CLOSEFROM.isPresent());
  }

  /** For tests of the ways around what is missing. */
  Spawn(boolean hasChdir, boolean hasCloseFrom) {
    this.hasChdir = hasChdir;
    this.hasCloseFrom = hasCloseFrom;
    this.attributes = attributes();
  }

  /**
   * Starts a program as the leader of a new process group.
   *
   * @param argv program and arguments; a program without a slash is searched in the PATH of {@code
   *     environment}; a script without {@code #!} is run by sh, as execvp does
   * @param dir folder to run in, absolute
   * @param environment {@code name=value} entries
   * @param log file for standard output and error, with /dev/null as standard input; null: all
   *     three are those of this process
   * @param truncate whether the log is emptied first
   * @return the process's number; it must be reaped by {@link Wait}
   * @throws IOException if it cannot be started; the message is one line that says why
   */
  public int start(
      List<String> argv, Path dir, List<byte[]> environment, Path log, boolean truncate)
      throws IOException {
    List<byte[]> words = new ArrayList<>();
    for (String word : argv) {
      words.add(word.getBytes(StandardCharsets.UTF_8));
    }
    if (anyNul(words) || anyNul(environment)) {
      throw new IOException(cannot(argv) + "an argument or variable holds a NUL character");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      MemorySegment env = strings(arena, environment);
      int error = ENOENT;
      boolean found = false;
      for (byte[] program : candidates(words.get(0), environment)) {
        byte[] place = program[0] == '/' ? program : join(dir.toString(), program);
        if ((int) ACCESS.invokeExact(errno, string(arena, place), X_OK) != 0) {
          error = Libc.errno(errno) == EACCES ? EACCES : error;
          continue;
        }
        found = true;
        MemorySegment actions = actions(arena, errno, dir, log, truncate);
        try {
          MemorySegment pid = arena.allocate(INT);
          error = spawn(arena, errno, pid, actions, program, words, dir, env);
          if (error == ENOEXEC) {
            List<byte[]> script = new ArrayList<>(words);
            script.set(0, program);
            script.addFirst(bytes("/bin/sh"));
            error = spawn(arena, errno, pid, actions, bytes("/bin/sh"), script, dir, env);
          }
          if (error == 0) {
            return pid.get(INT, 0);
          }
        } finally {
          int ignored = (int) ACTIONS_DESTROY.invokeExact(errno, actions);
        }
        if (error != ENOENT && error != ENOTDIR && error != EACCES) {
          break;
        }
      }
      throw new IOException(cannot(argv) + why(error, found, argv.get(0), dir, log));
    } catch (IOException | RuntimeException refused) {
      throw refused;
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  private int spawn(
      Arena arena,
      MemorySegment errno,
      MemorySegment pid,
      MemorySegment actions,
      byte[] program,
      List<byte[]> words,
      Path dir,
      MemorySegment env)
      throws Throwable {
    byte[] path = program;
    List<byte[]> argv = words;
    if (!hasChdir) {
      if (!Files.isDirectory(dir)) {
        return ENOENT;
      }
      path = bytes("/bin/sh");
      argv = new ArrayList<>(words);
      argv.set(0, program);
      argv.addAll(
          0,
          List.of(
              path,
              bytes("-c"),
              bytes("cd \"$1\" && shift && exec \"$@\""),
              bytes("sh"),
              bytes(dir.toString())));
    }
    return (int)
        SPAWN.invokeExact(
            errno, pid, string(arena, path), actions, attributes, strings(arena, argv), env);
  }

  private MemorySegment actions(
      Arena arena, MemorySegment errno, Path dir, Path log, boolean truncate) throws Throwable {
    MemorySegment actions = arena.allocate(ROOM, 16);
    check((int) ACTIONS_INIT.invokeExact(errno, actions));
    if (log != null) {
      MemorySegment nothing = Libc.string(arena, "/dev/null");
      MemorySegment file = Libc.string(arena, log.toString());
      int flags = O_WRONLY | O_CREAT | O_APPEND | (truncate ? O_TRUNC : 0);
      check((int) ADD_OPEN.invokeExact(errno, actions, 0, nothing, 0, 0));
      check((int) ADD_OPEN.invokeExact(errno, actions, 1, file, flags, 0666));
      check((int) ADD_DUP2.invokeExact(errno, actions, 1, 2));
    } else if (Os.MAC) {
      for (int fd = 0; fd <= 2; fd++) { // exempts them from CLOEXEC_DEFAULT
        check((int) ADD_DUP2.invokeExact(errno, actions, fd, fd));
      }
    }
    if (hasChdir) {
      MemorySegment folder = Libc.string(arena, dir.toString());
      check((int) ADD_CHDIR.orElseThrow().invokeExact(errno, actions, folder));
    }
    if (hasCloseFrom) {
      check((int) ADD_CLOSEFROM.orElseThrow().invokeExact(errno, actions, 3));
    } else if (!Os.MAC) {
      // Closing a number that is not open is no error; new ones take the lowest free numbers.
      int last = highestDescriptor() + SLACK;
      for (int fd = 3; fd <= last; fd++) {
        check((int) ADD_CLOSE.invokeExact(errno, actions, fd));
      }
    }
    return actions;
  }

  private static int highestDescriptor() {
    String[] open = new File("/proc/self/fd").list();
    int highest = 1024;
    if (open != null) {
      highest = 2;
      for (String fd : open) {
        highest = Math.max(highest, Integer.parseInt(fd));
      }
    }
    return highest;
  }

  /** The attributes are the same for all processes, and only read by posix_spawn. */
  private static MemorySegment attributes() {
    Arena arena = Arena.ofAuto();
    MemorySegment attributes = arena.allocate(ROOM, 16);
    MemorySegment set = arena.allocate(ROOM, 16);
    MemorySegment errno = Libc.errnoBuffer(arena);
    int flags = SETPGROUP | SETSIGDEF | SETSIGMASK | (Os.MAC ? CLOEXEC_DEFAULT : 0);
    MethodHandle setFlags = call("posix_spawnattr_setflags", PTR, ValueLayout.JAVA_SHORT);
    MethodHandle setGroup = call("posix_spawnattr_setpgroup", PTR, INT);
    MethodHandle signal =
        Libc.call("signal", FunctionDescriptor.of(PTR, INT, PTR)); // returns the old one
    try {
      check((int) call("posix_spawnattr_init", PTR).invokeExact(errno, attributes));
      check((int) setFlags.invokeExact(errno, attributes, (short) flags));
      check((int) setGroup.invokeExact(errno, attributes, 0));
      check((int) call("sigemptyset", PTR).invokeExact(errno, set));
      check((int) call("posix_spawnattr_setsigmask", PTR, PTR).invokeExact(errno, attributes, set));
      // sigfillset leaves out the two signals that glibc has for itself; they would be ignored.
      set.fill((byte) 0xff);
      check(
          (int)
              call("posix_spawnattr_setsigdefault", PTR, PTR).invokeExact(errno, attributes, set));
      // Whoever called us may ignore SIGCHLD; the exit status of our children would then be lost.
      var old = (MemorySegment) signal.invokeExact(errno, SIGCHLD, MemorySegment.NULL);
      return attributes;
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  private static void check(int error) {
    if (error != 0) {
      throw new IllegalStateException("cannot prepare a process: " + text(error));
    }
  }

  /** The paths that the words' program may mean, in order; never empty arrays. */
  private static List<byte[]> candidates(byte[] name, List<byte[]> environment) {
    String program = latin(name);
    if (program.isEmpty()) {
      return List.of();
    }
    if (program.indexOf('/') >= 0) {
      return List.of(name);
    }
    String path = "/bin:/usr/bin"; // what execvp takes where there is none
    for (byte[] entry : environment) {
      if (latin(entry).startsWith("PATH=")) {
        path = latin(entry).substring("PATH=".length());
        break;
      }
    }
    List<byte[]> paths = new ArrayList<>();
    for (String folder : path.split(":", -1)) {
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
      case ENOENT, ENOTDIR ->
          found
              ? "the interpreter that it names does not exist"
              : searched ? "no such program in PATH" : "no such file";
      case EACCES ->
          searched ? "no executable file of this name in PATH" : "not an executable file";
      case E2BIG -> "arguments and environment are too long; read the list in TORC_NEEDS instead";
      default -> text(error);
    };
  }

  private static boolean writableParent(Path log) {
    return log.getParent() != null && Files.isWritable(log.getParent());
  }

  private static String cannot(List<String> argv) {
    return "cannot start " + argv.get(0).replaceAll("\\p{Cntrl}", "?") + ": ";
  }

  /** The C library's words for an error number. */
  @SuppressWarnings("restricted")
  private static String text(int error) {
    MethodHandle strerror = Libc.call("strerror", FunctionDescriptor.of(PTR, INT));
    try (Arena arena = Arena.ofConfined()) {
      var words = (MemorySegment) strerror.invokeExact(Libc.errnoBuffer(arena), error);
      return words.reinterpret(1024).getString(0).toLowerCase(Locale.ROOT);
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  private static MethodHandle call(String name, ValueLayout... arguments) {
    return Libc.call(name, FunctionDescriptor.of(INT, arguments));
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

  /** A NULL-ended array of pointers to NUL-ended strings. */
  private static MemorySegment strings(Arena arena, List<byte[]> texts) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, string(arena, texts.get(i)));
    }
    return array;
  }

  private static MemorySegment string(Arena arena, byte[] text) {
    MemorySegment copy = arena.allocate(text.length + 1L);
    MemorySegment.copy(text, 0, copy, ValueLayout.JAVA_BYTE, 0, text.length);
    return copy;
  }

  private static byte[] join(String folder, byte[] name) {
    byte[] start = bytes(folder + "/");
    byte[] both = new byte[start.length + name.length];
    System.arraycopy(start, 0, both, 0, start.length);
    System.arraycopy(name, 0, both, start.length, name.length);
    return both;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes as characters of the same value, and so back again without loss. */
  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
