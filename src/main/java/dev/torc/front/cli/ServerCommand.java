package dev.torc.front.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.SafeText;
import dev.torc.front.ask.Call;
import dev.torc.front.session.Exit;
import dev.torc.front.session.ServerFolder;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/** {@code torc server}: shows, starts or stops the warm server. It needs no project. */
final class ServerCommand {

  private static final int START = 10_000; // all three in milliseconds
  private static final int STOP = 2_000;
  private static final int PAUSE = 50;

  private final Call call;
  private final Console console;
  private final ServerFolder folder;

  private ServerCommand(Call call) {
    this.call = call;
    this.console = call.console();
    this.folder = ServerFolder.of(console.env());
  }

  static int run(Call call) throws IOException {
    ServerCommand command = new ServerCommand(call);
    String what = call.targets().getFirst();
    return switch (what) {
      case "status" -> command.status();
      case "start" -> command.start();
      case "stop" -> command.stop();
      default -> throw Call.usage("server " + SafeText.name(what) + ": use status, start or stop");
    };
  }

  private int status() throws IOException {
    OptionalLong server = folder.server();
    if (server.isEmpty()) {
      console.print("not running\n");
      return Exit.FAILED;
    }
    String pid = "" + server.getAsLong();
    boolean warm =
        OwnFile.exists(folder.warm())
            && new String(OwnFile.read(folder.warm()), US_ASCII).strip().equals(pid);
    String state = warm ? "warm" : "not yet warm";
    console.print("running: process " + pid + ", " + state + ", log " + folder.log() + "\n");
    return Exit.DONE;
  }

  private int start() throws IOException {
    String obstacle = ServerFolder.obstacle();
    if (obstacle != null) {
      throw new IOException(obstacle + "; calls work without it");
    }
    folder.make();
    boolean ran = folder.server().isPresent();
    if (!ran) {
      ServerStart.now(folder, call.caller().host().process().environment());
      if (!await(START, folder::isReady)) {
        throw new IOException("the server does not start; see " + folder.log());
      }
    }
    String word = ran ? "already running" : "started";
    console.print(word + ": process " + folder.server().orElse(0) + "\n");
    return Exit.DONE;
  }

  private int stop() throws IOException {
    if (folder.server().isEmpty()) {
      console.print("not running\n");
      return Exit.DONE;
    }
    if (await(STOP, () -> folder.isReady() || folder.server().isEmpty()) && folder.isReady()) {
      Descriptor ask = Descriptor.open(folder.ask().toString(), true);
      try (OutputStream to = ask.stream()) {
        to.write("q\n".getBytes());
      } finally {
        ask.close();
      }
    }
    Io.Get<Boolean> gone = () -> folder.server().isEmpty();
    boolean ended = await(STOP, gone) || !folder.hasClient() && await(START, gone);
    console.print(ended ? "stopped\n" : "stops when the call that it answers has ended\n");
    return Exit.DONE;
  }

  /**
   * Waits until a condition holds, for at most {@code most} milliseconds; returns whether it does.
   */
  private static boolean await(int most, Io.Get<Boolean> holds) throws IOException {
    try {
      for (int waited = 0; waited < most; waited += PAUSE) {
        if (holds.get()) {
          return true;
        }
        Thread.sleep(PAUSE);
      }
      return false;
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }
}
