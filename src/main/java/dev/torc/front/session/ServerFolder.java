package dev.torc.front.session;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.OwnUser;
import dev.torc.front.buildfile.UserConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The folder on this host in which a user's warm server and its clients meet; no other user can
 * open it. The launcher knows the same names. This class knows nothing about calls.
 */
public record ServerFolder(Path path) {

  /** The variable that decides whether a server answers calls: 1 or 0. */
  public static final String VARIABLE = "TORC_SERVER";

  /** A variable whose name some shells drop: it shows the server what the launcher's shell does. */
  public static final String ODD = "torc.server";

  /**
   * The number of slots; the launcher has the same number. Clients do not queue: without a free
   * slot, they run their calls themselves.
   */
  public static final int SLOTS = 4;

  /** Nanoseconds; a server cannot see the timer slack of others, so the launcher checks it. */
  private static final int SLACK = 50_000;

  private static final int CLOSED = FileStatus.FOLDER | 0700;

  /** Returns the folder for a user with this environment; it may be missing. */
  public static ServerFolder of(Map<String, String> env) {
    String run = env.getOrDefault("XDG_RUNTIME_DIR", "");
    return new ServerFolder(
        Path.of(run.startsWith("/") ? run + "/torc" : "/tmp/torc-" + user(env)));
  }

  /**
   * Returns the user's name from the environment, as the launcher does; the user's number if there
   * is none.
   */
  private static String user(Map<String, String> env) {
    String user = env.getOrDefault("USER", "");
    String login = user.isEmpty() ? env.getOrDefault("LOGNAME", "") : user;
    return login.isEmpty() ? Integer.toUnsignedString(OwnUser.number()) : login;
  }

  /** Returns why no server can run calls as a process like this one does; null if one can. */
  public static String obstacle() {
    OtherProcess self = OtherProcess.self();
    if (!Files.exists(Path.of("/proc/self/environ"))) {
      return "the server needs /proc of Linux"; // only Linux tells a server enough about its client
    }
    if (!self.text("limits").matches("(?s).*Max cpu time +unlimited.*")) {
      return "a server would use up the limit of CPU time (ulimit -t) for all calls together";
    }
    return OwnUser.timerSlack() == SLACK ? null : "the server needs the usual timer slack";
  }

  /** Returns a text that changes with the user's configuration file; empty if there is none. */
  public static String configuration(Map<String, String> env) throws IOException {
    Path file = UserConfig.file(env);
    FileStatus now = file == null ? FileStatus.MISSING : FileStatus.of(file.toString(), true);
    return now.exists() ? now.id() : "";
  }

  /** Returns whether the user's configuration, which exists, asks for a server. */
  public static boolean isConfigured(Map<String, String> env) throws IOException {
    return UserConfig.read(UserConfig.file(env)).server();
  }

  /** Creates the folder if it is missing; throws if another user may own or open it. */
  public void make() throws IOException {
    if (isSafe()) {
      return;
    }
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException found) {
      if (!isSafe()) {
        throw new IOException(
            path + " is not a folder that only this user can open; remove it", found);
      }
    }
  }

  /** Returns whether the folder exists, is not a link, and is closed to all other users. */
  public boolean isSafe() throws IOException {
    String folder = path.toString();
    return FileStatus.of(folder, false).mode() == CLOSED && OwnUser.is(FileStatus.owner(folder));
  }

  /** Returns the FIFO that clients write to. It exists while a server is ready. */
  public Path ask() {
    return path.resolve("ask");
  }

  public boolean isReady() throws IOException {
    return server().orElse(0) > 0 && FileStatus.of(ask().toString(), false).isFifo();
  }

  /** Returns whether a client has a slot, so that its call may be running. */
  public boolean hasClient() throws IOException {
    int slot = 0;
    while (slot < SLOTS && !OwnFile.exists(claim(slot))) {
      slot++;
    }
    return slot < SLOTS;
  }

  /** Returns the file with which a client takes a slot. */
  public Path claim(int slot) {
    return path.resolve("busy" + slot);
  }

  /** Returns the file that the server keeps locked while it is alive. */
  public Path lock() {
    return path.resolve("lock");
  }

  public Path pid() {
    return path.resolve("pid");
  }

  /** Returns the file with the process id of the last server that has warmed up. */
  public Path warm() {
    return path.resolve("warm.pid");
  }

  /** Returns the file that lists answered calls, and why others were refused. */
  public Path log() {
    return path.resolve("log");
  }

  /**
   * Returns the file that names what requested a server; its time is that of the last call that
   * could have been answered by one.
   */
  public Path last() {
    return path.resolve("last");
  }

  /** Returns the server's process id, 0 while it starts; empty if none runs. */
  public OptionalLong server() throws IOException {
    if (!isSafe()) {
      return OptionalLong.empty();
    }
    Optional<OpenFileLock> free = OpenFileLock.flock(lock());
    if (free.isPresent()) {
      free.get().close();
      return OptionalLong.empty();
    }
    String pid =
        OwnFile.exists(pid()) ? new String(OwnFile.read(pid()), StandardCharsets.UTF_8) : "";
    long number = pid.matches("[0-9]{1,9}\n") ? Long.parseLong(pid.strip()) : 0;
    boolean earlier = !OtherProcess.runs(number); // a killed server wrote it
    return OptionalLong.of(earlier ? 0 : number);
  }
}
