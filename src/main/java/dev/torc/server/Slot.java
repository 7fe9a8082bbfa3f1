package dev.torc.server;

import dev.torc.posix.Descriptor;
import dev.torc.posix.FileStatus;
import dev.torc.posix.OtherProcess;
import dev.torc.posix.OwnFile;
import dev.torc.session.ServerFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A place for one client: a FIFO for its answer, and the file by which it claims the place. Only
 * the server removes a claim, and never that of a client that may still come: two clients that read
 * one FIFO would get each other's answers.
 */
final class Slot {

  /** How many there are; the launcher knows the number. Clients do not queue. */
  static final int COUNT = 4;

  /** Seconds that no shell needs between making a claim and writing its number. */
  private static final int LONG = 10;

  private final Path claim;
  private final String say;
  private final FileStatus fifo;
  private final AtomicReference<Object> handedOn; // of all places
  private Descriptor held; // to read and write, while no client is here: so none finds it closed
  private Descriptor reply; // the writing end, while one is
  private ServedCall call; // null while no client is here
  private volatile boolean over;

  /** Makes the FIFO anew: what was there is from a server that is gone. */
  Slot(ServerFolder folder, int number, AtomicReference<Object> handedOn) throws IOException {
    this.handedOn = handedOn;
    claim = folder.path().resolve("busy" + number);
    Path at = folder.path().resolve("say" + number);
    say = at.toString();
    Files.deleteIfExists(at);
    Descriptor.makeFifo(say);
    fifo = FileStatus.of(say, false);
    held = Descriptor.open(say, true);
    tidy();
  }

  /** Returns the call at hand, also after its end while the client is here; null for none. */
  ServedCall call() {
    return call;
  }

  /** Returns the descriptor that tells by its error that the client is gone; null without one. */
  Descriptor reply() {
    return reply;
  }

  /** Takes a client that has claimed this place and has opened both FIFOs; null for any other. */
  ServedCall accept(OtherProcess client, int arguments, FileStatus ask) throws IOException {
    if (call != null
        || !claimant().equals(Integer.toString(client.pid()))
        || !FileStatus.of(client.path("fd/8"), true).isSame(ask)
        || !FileStatus.of(client.path("fd/9"), true).isSame(fifo)) {
      return null;
    }
    reply = Descriptor.openToAppend(say);
    held.close(); // from here on the client is the only reader
    over = false;
    call = new ServedCall(client, arguments, reply, handedOn);
    return call;
  }

  /** Notes that the call has its answer. */
  void done() {
    over = true;
  }

  boolean isDone() {
    return over;
  }

  /** Makes the place free, after the client has gone and its call is over. */
  void free() throws IOException {
    held = Descriptor.open(say, true);
    byte[] unread = new byte[64];
    while (held.read(unread) > 0) {
      // answers that no client took
    }
    reply.close();
    reply = null;
    call = null;
    Files.deleteIfExists(claim);
  }

  private String claimant() throws IOException {
    return OwnFile.exists(claim)
        ? new String(OwnFile.read(claim), StandardCharsets.US_ASCII).strip()
        : "";
  }

  /** Removes a claim whose client ended before it asked, or is a torc of its own by now. */
  void tidy() throws IOException {
    if (call != null || !OwnFile.exists(claim)) {
      return;
    }
    String pid = claimant();
    Instant made = Files.getLastModifiedTime(claim).toInstant();
    if (pid.matches("[1-9][0-9]{0,8}")) {
      ProcessHandle process = ProcessHandle.of(Integer.parseInt(pid)).orElse(null);
      boolean other = // a later process of the same number
          process != null
              && process
                  .info()
                  .startInstant()
                  .filter(at -> at.isAfter(made.plusSeconds(2)))
                  .isPresent();
      if (process == null || other || isJava(process)) {
        Files.deleteIfExists(claim);
      }
    } else if (made.plusSeconds(LONG).isBefore(Instant.now())) {
      Files.deleteIfExists(claim);
    }
  }

  /** Returns whether a process runs the same program as this one: no shell any more. */
  private static boolean isJava(ProcessHandle process) {
    return process.info().command().equals(ProcessHandle.current().info().command());
  }
}
