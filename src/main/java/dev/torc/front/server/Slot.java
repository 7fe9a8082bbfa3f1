package dev.torc.front.server;

import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnFile;
import dev.torc.front.session.ServerFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A slot for one client: a FIFO for its answer, and the claim file with which the client takes the
 * slot. Only the server removes a claim, and never one whose client may still send its request: two
 * clients that read one FIFO would get each other's answers.
 */
final class Slot {

  /** Seconds; no shell needs longer between making a claim and writing its pid. */
  private static final int LONG = 10;

  private final Path claim;
  private final String say;
  private final FileStatus fifo;
  private final AtomicReference<Object> handedOn; // shared by all slots
  private Descriptor held; // to read and write, without a client: keeps the FIFO open
  private Descriptor reply; // the writing end, with a client
  private ServedCall call; // null without a client
  private volatile boolean over;

  /** Creates the FIFO; an existing one belonged to an earlier server. */
  Slot(ServerFolder folder, int number, AtomicReference<Object> handedOn) throws IOException {
    this.handedOn = handedOn;
    claim = folder.claim(number);
    Path at = folder.path().resolve("say" + number);
    say = at.toString();
    Files.deleteIfExists(at);
    Descriptor.makeFifo(say);
    fifo = FileStatus.of(say, false);
    held = Descriptor.open(say, true);
    tidy();
  }

  /**
   * Returns the client's call, which stays after its end until the client is gone; null for none.
   */
  ServedCall call() {
    return call;
  }

  /** Returns the descriptor that has an error once the client is gone; null without a client. */
  Descriptor reply() {
    return reply;
  }

  /**
   * Accepts a client that has claimed this slot and opened both FIFOs; returns null for any other.
   */
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

  /** Records that the call is over. */
  void done() {
    over = true;
  }

  boolean isDone() {
    return over;
  }

  /** Frees the slot, after the client is gone and its call is over. */
  void free() throws IOException {
    held = Descriptor.open(say, true);
    byte[] unread = new byte[64];
    while (held.read(unread) > 0) {
      // discards answers that no client read
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

  /** Removes a claim whose client ended before its request, or now runs torc in its own JVM. */
  void tidy() throws IOException {
    if (call != null || !OwnFile.exists(claim)) {
      return;
    }
    String pid = claimant();
    Instant made = Files.getLastModifiedTime(claim).toInstant();
    if (pid.matches("[1-9][0-9]{0,8}")) {
      ProcessHandle process = ProcessHandle.of(Integer.parseInt(pid)).orElse(null);
      boolean other = // a later process with the same pid
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

  /** Returns whether a process now runs Java, and no longer the launcher's shell. */
  private static boolean isJava(ProcessHandle process) {
    return process.info().command().equals(ProcessHandle.current().info().command());
  }
}
