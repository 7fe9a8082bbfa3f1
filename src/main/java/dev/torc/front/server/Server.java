package dev.torc.front.server;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.Signals;
import dev.torc.front.cli.Main;
import dev.torc.front.session.ServerFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The warm server: a process that runs the calls of one user, one at a time, with the same results
 * as a torc that is started for each call. Between calls it keeps compiled code and the graph of
 * the last project. Its clients are launchers. This class receives the requests; {@link ServedCall}
 * runs a call.
 */
public final class Server {

  /**
   * The lines that a client may write: a request (r), a signal (s) or an order to quit (q). With w,
   * the server wakes itself.
   */
  private static final Pattern LINE =
      Pattern.compile("r ([1-9]\\d{0,8}) (\\d{1,8}) ([0-3])|s (INT|TERM|HUP) (\\d{1,9})|[qw]");

  private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=");

  /** Variables that the JVM or its libraries read only when they start. */
  private static final List<String> FIXED =
      List.of(
          ("TORC_JAVA_HOME JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS"
                  + " LD_LIBRARY_PATH LD_PRELOAD TZ")
              .split(" "));

  private static final int TRIES = 100; // of the lock
  private static final long TRY = 10_000_000; // nanoseconds between them
  private static final int OFTEN = 100; // milliseconds between checks during a call
  private static final int SELDOM = 10_000; // milliseconds between checks without a call
  private static final long QUIET = 1_000_000_000; // nanoseconds without a call before it warms up
  private static final int SHARE = 4; // of the time of a round, before the next one
  private static final long TIDY = 8; // seconds without a call before garbage is collected
  private static final int STEPS = 4; // collections that the collector takes to give the heap back
  private static final long IDLE = 30 * 60; // seconds without a call before the server ends
  private static final int REFUSALS = 3;
  private static final long LOG = 1 << 20; // bytes at which the log is emptied
  private static final long ENOUGH = 64 << 20; // bytes of heap that may be in use after a call

  private final ServerFolder folder;
  private final Map<String, String> env = Environment.ofCaller().asMap();
  private final CallerContext context = CallerContext.of(OtherProcess.self());
  private final FileStatus shell = FileStatus.of("/bin/sh", true); // of the launcher
  private final Path program = InstalledTorc.program().toRealPath();
  private final String installed = installed();
  private final Main main = new Main(); // only for the worker's thread
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final ExecutorService teller = Executors.newSingleThreadExecutor();
  private final WarmUp warmUp;
  private final Slot[] slots = new Slot[ServerFolder.SLOTS];
  private final Descriptor ask;
  private final FileStatus asked;
  private final StringBuilder input = new StringBuilder();
  private volatile Slot now; // the slot of the running call; null for none
  private volatile boolean ending;
  private volatile boolean telling;
  private int refusals; // because of the context, since the last served call
  private volatile long last = System.nanoTime();
  private volatile boolean tidy;
  private long enough = ENOUGH; // only for the worker's thread

  private Server(ServerFolder folder) throws IOException {
    this.folder = folder;
    this.warmUp = new WarmUp(folder, main);
    Files.deleteIfExists(folder.ask()); // of a killed server; before the pid is written
    AtomicReference<Object> handedOn = new AtomicReference<>();
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(folder, i, handedOn);
    }
    Path fresh = folder.path().resolve("ask.new");
    Files.deleteIfExists(fresh);
    Descriptor.makeFifo(fresh.toString());
    ask = Descriptor.open(fresh.toString(), true);
    asked = FileStatus.of(fresh.toString(), false);
    OwnFile.write(
        folder.pid(), (OtherProcess.self().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
    Files.move(fresh, folder.ask(), StandardCopyOption.ATOMIC_MOVE); // now clients can find it
  }

  /** Serves until the server is no longer needed; ends at once if another server is running. */
  public static void main(String[] none) throws IOException {
    ServerFolder folder = ServerFolder.of(Environment.ofCaller().asMap());
    folder.make();
    Optional<OpenFileLock> lock = OpenFileLock.flock(folder.lock());
    for (int i = 1; i < TRIES && lock.isEmpty(); i++) {
      LockSupport.parkNanos(TRY); // a check holds the lock briefly, longer if the machine is busy
      lock = OpenFileLock.flock(folder.lock());
    }
    if (lock.isPresent()) {
      Server server = new Server(folder);
      Main.endWhereAThreadBreaks(server::tellClients);
      try (Signals signals = new Signals();
          Signals.Handling _ = signals.during(server::signal)) {
        Thread.ofPlatform().start(server::warm);
        server.serve();
      }
    }
    halt();
  }

  /** Ends this process at once; a client whose call is running reports that its server ended. */
  static void halt() {
    Runtime.getRuntime().halt(0);
  }

  private String installed() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "lib", "modules");
    return InstalledTorc.id()
        + FileStatus.of(program.toString(), true)
        + FileStatus.of(java.toString(), true);
  }

  Main main() {
    return main;
  }

  CallerContext context() {
    return context;
  }

  /** Returns whether a program is the launcher of this server's torc. */
  boolean isOwn(Path launcher) throws IOException {
    return launcher.toRealPath().equals(program);
  }

  /**
   * Removes what a shell does not pass on, as the launcher's shell does in a cold call: dash drops
   * entries whose names are no variables of a shell, such as exported functions of bash.
   */
  void importAsShell(OtherProcess client, List<byte[]> entries) throws IOException {
    boolean odd = false;
    for (Iterator<byte[]> each = entries.iterator(); each.hasNext(); ) {
      if (!VARIABLE.matcher(new String(each.next(), StandardCharsets.ISO_8859_1)).lookingAt()) {
        odd = true;
        if (!env.containsKey(ServerFolder.ODD)) {
          each.remove();
        }
      }
    }
    if (odd && !FileStatus.of(client.path("exe"), true).isSame(shell)) {
      throw new ServedCall.Cold("names in the environment that another shell may drop");
    }
  }

  /** Refuses an environment with which the JVM would have started differently. */
  void compare(Map<String, String> other) {
    for (String name : FIXED) {
      if (!other.getOrDefault(name, "").equals(env.getOrDefault(name, ""))) {
        throw new ServedCall.Cold("another " + name);
      }
    }
  }

  void refusedContext() {
    refusals++;
    if (refusals >= REFUSALS) {
      end("callers have another context");
    }
  }

  void served() {
    refusals = 0;
  }

  /**
   * Logs the end of a call and lets the next one start; the client gets its answer only after that.
   */
  void endCall(String said) {
    say(said);
    now = null;
  }

  /** Ends the server after the current call. */
  void end(String why) {
    if (!ending) {
      say("ends: " + why);
      ending = true;
      try {
        if (FileStatus.of(folder.ask().toString(), false).isSame(asked)) {
          Files.deleteIfExists(folder.ask());
        }
      } catch (IOException gone) {
        say("" + gone);
      }
      wake();
    }
  }

  private void wake() {
    try {
      ask.write("w\n".getBytes(StandardCharsets.US_ASCII), 0, 2);
    } catch (IOException e) {
      say("" + e); // it checks again soon anyway
    }
  }

  private void serve() throws IOException {
    while (!ending || isAtWork()) {
      Descriptor[] files = new Descriptor[1 + slots.length];
      files[0] = ask;
      for (int i = 0; i < slots.length; i++) {
        boolean told = slots[i].call() == null || slots[i].call().isGone() && !slots[i].isDone();
        files[1 + i] = told ? null : slots[i].reply();
      }
      boolean any = now != null;
      boolean[] news = Descriptor.await(files, any ? OFTEN : SELDOM);
      for (int i = 0; i < slots.length; i++) {
        follow(slots[i], news[1 + i]);
      }
      Slot slot = now;
      if (slot != null && slot.call().isExpired()) {
        end("a call that a signal has ended still reads or waits"); // like a process of its own
        return;
      }
      if (news[0]) {
        read();
      } else if (slot != null) {
        tell(slot.call()::follow);
      } else if (!any) {
        rest();
      }
    }
  }

  /** Returns whether a call is not over, so that its client still waits for an answer. */
  private boolean isAtWork() {
    return Arrays.stream(slots).anyMatch(slot -> slot.call() != null && !slot.isDone());
  }

  /** Ends the call of a client that is gone; frees the client's slot once the call is over. */
  private void follow(Slot slot, boolean left) throws IOException {
    if (left && !slot.call().isGone()) {
      slot.call().markGone();
      if (!slot.call().isAnswered()) {
        say(slot.call().client.pid() + " is gone");
        signal(slot, NUMBERS.get("TERM"));
      }
    }
    if (left && slot.isDone()) {
      slot.free();
    }
  }

  private void read() throws IOException {
    byte[] some = new byte[4096];
    int length = ask.read(some);
    input.append(new String(some, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
    for (int end = input.indexOf("\n"); end >= 0; end = input.indexOf("\n")) {
      Matcher line = LINE.matcher(input.substring(0, end));
      input.delete(0, end + 1);
      if (!line.matches()) {
        say("unknown line " + line.hitEnd());
      } else if (line.group(1) != null) {
        request(line);
      } else if (line.group(4) != null) {
        Slot slot = now;
        if (slot != null && slot.call().pid() == Integer.parseInt(line.group(5))) {
          signal(slot, NUMBERS.get(line.group(4)));
        }
      } else if (line.group().equals("q")) {
        end("torc server stop");
      }
    }
  }

  /** Runs a call, or refuses it; an answer to a running call is never mixed with another one. */
  private void request(Matcher line) {
    OtherProcess client = new OtherProcess(Integer.parseInt(line.group(1)));
    Slot slot = slots[Integer.parseInt(line.group(3))];
    boolean taken = slot.call() != null;
    String odd =
        taken
            ? "not a client"
            : slot.accept(client, Integer.parseInt(line.group(2)), asked, this::refusedContext);
    last = System.nanoTime();
    tidy = false;
    if (odd == null && !isInstalled()) {
      end("torc or Java was reinstalled");
    }
    odd = odd == null && (now != null || ending) ? "busy" : odd;
    if (odd != null) {
      say(client.pid() + " refused: " + odd);
      if (!taken || slot.isDone()) {
        slot.refuse();
      }
      return;
    }
    now = slot;
    worker.execute(
        () -> {
          slot.call().run(this);
          slot.done();
          wake();
          collect();
        });
  }

  private boolean isInstalled() {
    return Io.or(() -> installed.equals(installed()), false);
  }

  /** Handles a signal to the server: ends the server, and its current call by the same signal. */
  private void signal(int number) {
    end("signal " + number);
    Slot slot = now;
    if (slot != null) {
      signal(slot, number);
    }
  }

  private void signal(Slot slot, int number) {
    ServedCall call = slot.call();
    if (call != null) {
      teller.execute(() -> call.signal(number));
    }
  }

  /** Runs something that may wait for the call, on another thread; skips it while that is busy. */
  private void tell(Runnable what) {
    if (!telling) {
      telling = true;
      teller.execute(
          () -> {
            what.run();
            telling = false;
          });
    }
  }

  /**
   * Collects garbage if much of the heap is in use: on its own, the JVM would first let it grow.
   */
  private void collect() {
    Runtime heap = Runtime.getRuntime();
    if (heap.totalMemory() - heap.freeMemory() > enough) {
      System.gc();
      enough = Math.max(ENOUGH, 2 * (heap.totalMemory() - heap.freeMemory()));
    }
  }

  /**
   * Lets the worker warm up, a round at a time, while no call comes. If no core is free, it waits
   * between rounds, and so takes a small share of one. A lower priority of the thread would not do:
   * a call waits for the round that is running.
   */
  private void warm() {
    try {
      while (!warmUp.isOver()) {
        Thread.sleep(OFTEN);
        long begin = System.nanoTime();
        if (begin - last > QUIET) {
          worker.submit(warmUp).get();
          long pause = WarmUp.hasFreeCore() ? 0 : SHARE * (System.nanoTime() - begin);
          Thread.sleep(pause / 1_000_000);
        }
      }
      OwnFile.write(folder.warm(), Files.readAllBytes(folder.pid()));
      say("warm");
      tidy = false;
    } catch (IOException | InterruptedException | ExecutionException e) {
      say("not warm: " + e);
    }
  }

  private void rest() throws IOException {
    long idle = (System.nanoTime() - last) / 1_000_000_000;
    if (!tidy && idle >= TIDY) {
      for (int i = 0; i < STEPS; i++) {
        System.gc();
      }
      tidy = true;
    }
    if (!FileStatus.of(folder.ask().toString(), false).isSame(asked)) {
      end("its folder is gone");
    } else if (idle >= IDLE) {
      end("idle");
    } else {
      for (Slot slot : slots) {
        slot.tidy();
      }
    }
  }

  /** Writes a line to standard error, which is the log; empties a log that is too large. */
  private synchronized void say(String line) {
    try {
      if (OwnFile.exists(folder.log()) && Files.size(folder.log()) > LOG) {
        Files.newByteChannel(
                folder.log(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
            .close();
      }
    } catch (IOException e) {
      return; // the folder is gone
    }
    System.err.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
  }

  private void tellClients(byte[] said) throws IOException {
    say(new String(said, StandardCharsets.UTF_8).strip());
    Slot slot = now;
    if (slot != null) {
      slot.call().tellBroken(said);
    }
  }
}
