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
 * slot. Each request gets an answer here, also one of a process that the server may not look at: it
 * is told to go cold. Two clients that read one FIFO would get each other's answers. So only the
 * server removes a claim, and the slot is free again only when no process reads the FIFO. A client
 * that opens the FIFO later checks whether the claim is still its own.
 */
final class Slot {

  /** Seconds; no shell needs longer between making a claim and writing its pid. */
  private static final int LONG = 10;

  private final Path claim;
  private final String say;
  private final FileStatus fifo;
  private final AtomicReference<Object> handedOn; // shared by all slots
  private final Descriptor reply; // the writing end
  private Descriptor held; // to read and write, without a client: keeps the FIFO open
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
    reply = Descriptor.openToAppend(say);
    tidy();
  }

  /**
   * Returns the client's call, which stays after its end until the client is gone; null for none.
   */
  ServedCall call() {
    return call;
  }

  /** Returns the descriptor that has an error while no process has the FIFO open to read. */
  Descriptor reply() {
    return reply;
  }

  /**
   * Takes a process as this slot's client; it is to be answered. Returns why it must not be served;
   * null if it has claimed the slot and opened both FIFOs. Calls {@code unseen} if the system does
   * not let this process look.
   */
  String accept(OtherProcess client, int arguments, FileStatus ask, Runnable unseen) {
    held.close(); // from here on the client is the only reader
    over = false;
    call = new ServedCall(client, arguments, reply, handedOn);
    try {
      boolean known =
          claimant().equals(Integer.toString(client.pid()))
              && FileStatus.of(client.path("fd/8"), true).isSame(ask)
              && FileStatus.of(client.path("fd/9"), true).isSame(fifo);
      return known ? null : "not a client";
    } catch (IOException denied) {
      if (OtherProcess.runs(client.pid())) {
        unseen.run();
      }
      return denied.getMessage();
    }
  }

  /** Tells the process that reads the FIFO to go cold. */
  void refuse() {
    call.goCold();
    over = true;
  }

  /** Records that the call is over. */
  void done() {
    over = true;
  }

  boolean isDone() {
    return over;
  }

  /**
   * Frees the slot, after its call is over and the client gone, unless another client has opened
   * the FIFO meanwhile. A client that has claimed the slot since then is served. Any other process
   * that opened the FIFO finds a claim that is not its own, and reads nothing.
   */
  void free() throws IOException {
    Files.deleteIfExists(claim);
    if (!Descriptor.await(new Descriptor[] {reply}, 0)[0] && !OwnFile.exists(claim)) {
      return; // a client has opened the FIFO while the former claim was there
    }
    held = Descriptor.open(say, true);
    byte[] unread = new byte[64];
    while (held.read(unread) > 0) {
      // discards answers that no client read
    }
    call = null;
  }

  private String claimant() throws IOException {
    return OwnFile.exists(claim)
        ? new String(OwnFile.read(claim), StandardCharsets.US_ASCII).strip()
        : "";
  }

  /** Refuses a client that ended before its request, or now runs torc in its own JVM. */
  void tidy() throws IOException {
    if (call != null || !OwnFile.exists(claim)) {
      return;
    }
    String pid = claimant();
    Instant made = Files.getLastModifiedTime(claim).toInstant();
    boolean stale = made.plusSeconds(LONG).isBefore(Instant.now());
    if (pid.matches("[1-9][0-9]{0,8}")) {
      ProcessHandle process = ProcessHandle.of(Integer.parseInt(pid)).orElse(null);
      Instant began = process == null ? made : process.info().startInstant().orElse(made);
      boolean other = began.isAfter(made.plusSeconds(2)); // a later process with the same pid
      stale = process == null || other || isJava(process) || !OtherProcess.runs(process.pid());
    }
    if (stale) {
      accept(new OtherProcess(0), 0, fifo, () -> {});
      refuse();
    }
  }

  /** Returns whether a process now runs Java, and no longer the launcher's shell. */
  private static boolean isJava(ProcessHandle process) {
    return process.info().command().equals(ProcessHandle.current().info().command());
  }
}
