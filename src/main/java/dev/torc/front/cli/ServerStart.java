package dev.torc.front.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.Spawn;
import dev.torc.base.syntax.BadInput;
import dev.torc.front.ask.Call;
import dev.torc.front.session.ServerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts the warm server for later calls: after a build, if the user has enabled the server and has
 * built recently. The server itself is in the package {@code server}.
 */
final class ServerStart {

  /** A server is started only if the last build is at most this many milliseconds ago. */
  private static final long RECENT = 15 * 60 * 1000;

  /**
   * Variables that show that another program made the call, which then starts no server. The
   * launcher checks them, too.
   */
  private static final List<String> INSIDE = List.of("CI", "MAKELEVEL", "TORC_BUILDS");

  private ServerStart() {}

  /** Starts a server if the user wants one and none is running; does nothing if that fails. */
  static void after(Call call) {
    Map<String, String> env = call.console().env();
    String wanted = env.getOrDefault(ServerFolder.VARIABLE, "");
    if (!call.caller().host().process().isOwn() || wanted.equals("0") || isInside(env)) {
      return;
    }
    if (!wanted.isEmpty() && !wanted.equals("1")) {
      call.console().warn(ServerFolder.VARIABLE + ": use 1 or 0");
      return;
    }
    try {
      String wish = wanted.isEmpty() ? ServerFolder.configuration(env) : wanted;
      if (wish.isEmpty()) {
        return;
      }
      ServerFolder folder = ServerFolder.of(env);
      boolean runs = folder.server().isPresent();
      boolean noted = OwnFile.exists(folder.last());
      boolean wants = // a configuration that has not changed is not read again
          !wanted.isEmpty()
              || noted && wish.equals(new String(OwnFile.read(folder.last()), US_ASCII))
              || !runs && ServerFolder.isConfigured(env);
      if (!wants || ServerFolder.obstacle() != null) {
        return;
      }
      folder.make();
      long now = System.currentTimeMillis();
      boolean recent = noted && now - Files.getLastModifiedTime(folder.last()).toMillis() < RECENT;
      OwnFile.write(folder.last(), wish.getBytes(US_ASCII));
      if (recent && !runs && !OtherProcess.standsApart()) { // it would keep them all in use
        now(folder, call.caller().host().process().environment());
      }
    } catch (IOException | BadInput none) {
      return; // torc server start and torc doctor report the cause
    }
  }

  private static boolean isInside(Map<String, String> env) {
    return INSIDE.stream().anyMatch(name -> !env.getOrDefault(name, "").isEmpty());
  }

  /** Starts a server with the caller's environment. */
  static void now(ServerFolder folder, Environment environment) throws IOException {
    String program = InstalledTorc.program().toString();
    try (Spawn spawn = Spawn.ofSessions()) {
      var run = environment.with(Map.of(ServerFolder.VARIABLE, "run", ServerFolder.ODD, "1"));
      spawn.start(
          List.of(program), Path.of("/"), run, new Spawn.Streams(folder.log(), false, false), null);
    }
  }
}
