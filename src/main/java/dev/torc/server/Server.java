package dev.torc.server;

import dev.torc.cli.Main;
import dev.torc.posix.Descriptor;
import dev.torc.posix.Environment;
import dev.torc.posix.FileStatus;
import dev.torc.posix.OpenFileLock;
import dev.torc.posix.OtherProcess;
import dev.torc.posix.OwnFile;
import dev.torc.posix.Signals;
import dev.torc.session.InstalledTorc;
import dev.torc.session.ServerFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The warm server: a process that answers calls of one user, one at a time, as a torc that was
 * started for each of them would. Between two calls it keeps compiled code and the graph of the
 * last project. Its clients are launchers. This class listens; {@link ServedCall} makes a call.
 */
public final class Server {

  /**
   * What a client may write, a line each: requests, signals, orders; w is from the server itself.
   */
  private static final Pattern LINE =
      Pattern.compile("r ([1-9]\\d{0,8}) (\\d{1,8}) ([0-3])|s (INT|TERM|HUP) (\\d{1,9})|[qw]");

  private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  /** Variables that the JVM or its libraries went by when they started. */
  private static final List<String> FIXED =
      List.of(
          ("TORC_JAVA_HOME JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS"
                  + " LD_LIBRARY_PATH LD_PRELOAD TZ")
              .split(" "));

  private static final int OFTEN = 100; // milliseconds between two looks while a call is made
  private static final int SELDOM = 10_000; // while none is
  private static final long TIDY = 8; // seconds without a call before garbage is collected
  private static final int STEPS = 4; // collections in which the collector gives the heap back
  private static final long IDLE = 30 * 60; // seconds without a call before the server ends
  private static final int REFUSALS = 3;
  private static final long LOG = 1 << 20; // bytes
  private static final long ENOUGH = 64 << 20; // bytes that may be in use after a call

  private final ServerFolder folder;
  private final Map<String, String> env = Environment.ofCaller().asMap();
  private final CallerContext context = CallerContext.of(new OtherProcess(self()));
  private final Path program = InstalledTorc.program().toRealPath();
  private final String installed = installed();
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final ExecutorService teller = Executors.newSingleThreadExecutor();
  private final Slot[] slots = new Slot[Slot.COUNT];
  private final Descriptor ask;
  private final FileStatus asked;
  private final StringBuilder input = new StringBuilder();
  private volatile Slot now; // whose call is made; null for none
  private volatile boolean ending;
  private volatile boolean telling;
  private int refusals; // for the context, since the last call that was served
  private long last = System.nanoTime();
  private boolean tidy;
  private long enough = ENOUGH; // of the worker

  private Server(ServerFolder folder) throws IOException {
    this.folder = folder;
    Files.deleteIfExists(folder.ask()); // of a server that was killed; before the number is written
    AtomicReference<Object> handedOn = new AtomicReference<>();
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(folder, i, handedOn);
    }
    Path fresh = folder.path().resolve("ask.new");
    Files.deleteIfExists(fresh);
    Descriptor.makeFifo(fresh.toString());
    ask = Descriptor.open(fresh.toString(), true);
    asked = FileStatus.of(fresh.toString(), false);
    OwnFile.write(folder.pid(), (self() + "\n").getBytes(StandardCharsets.US_ASCII));
    Files.move(fresh, folder.ask(), StandardCopyOption.ATOMIC_MOVE); // now clients see it
  }

  /** Serves until it is not needed any more; ends at once where another server runs. */
  public static void main(String[] none) throws IOException {
    ServerFolder folder = ServerFolder.of(Environment.ofCaller().asMap());
    folder.make();
    Optional<OpenFileLock> lock = Optional.empty();
    for (int i = 0; i < OFTEN && lock.isEmpty(); i++) { // a look at it holds it for a moment
      lock = OpenFileLock.flock(folder.lock());
    }
    if (lock.isPresent()) {
      Server server = new Server(folder);
      Main.endWhereAThreadBreaks(server::tellClients);
      try (Signals signals = new Signals();
          Signals.Handling _ = signals.during(server::signal)) {
        server.serve();
      }
    }
    halt();
  }

  /** Ends this process at once; a client whose call is not over says that the server is lost. */
  static void halt() {
    Runtime.getRuntime().halt(0);
  }

  private static int self() {
    return (int) ProcessHandle.current().pid();
  }

  private String installed() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "lib", "modules");
    return InstalledTorc.id()
        + FileStatus.of(program.toString(), true)
        + FileStatus.of(java.toString(), true);
  }

  CallerContext context() {
    return context;
  }

  /** Returns whether a program is the launcher of this server's torc. */
  boolean isOwn(Path launcher) throws IOException {
    return launcher.toRealPath().equals(program);
  }

  /** Refuses an environment in which the JVM would have started in another way. */
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

  /** Ends a call: the next one may come as soon as its client knows. */
  void endCall(String said) {
    say(said);
    now = null;
  }

  /** Ends the server after the call that is made. */
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
      say("" + e); // it looks soon by itself
    }
  }

  private void serve() throws IOException {
    while (!ending || isAtWork()) {
      Descriptor[] files = new Descriptor[1 + slots.length];
      files[0] = ask;
      for (int i = 0; i < slots.length; i++) {
        boolean told = slots[i].call() == null || slots[i].call().isGone();
        files[1 + i] = told ? null : slots[i].reply();
      }
      boolean any = now != null;
      boolean[] news = Descriptor.await(files, any ? OFTEN : SELDOM);
      for (int i = 0; i < slots.length; i++) {
        follow(slots[i], news[1 + i]);
      }
      Slot slot = now;
      if (slot != null && slot.call().isExpired()) {
        end("a call that a signal has ended still reads or waits"); // as a process of its own would
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

  /** Returns whether a client still waits for an answer that was promised. */
  private boolean isAtWork() {
    for (Slot slot : slots) {
      if (slot.call() != null && !slot.isDone()) {
        return true;
      }
    }
    return false;
  }

  /** Frees the place of a client that is gone; ends the call that it leaves behind. */
  private void follow(Slot slot, boolean left) throws IOException {
    if (left) {
      slot.call().markGone();
      if (!slot.call().isAnswered()) {
        say(slot.call().client().pid() + " is gone");
        signal(slot, NUMBERS.get("TERM"));
      }
    }
    if (slot.call() != null && slot.call().isGone() && slot.isDone()) {
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

  private void request(Matcher line) {
    try {
      OtherProcess client = new OtherProcess(Integer.parseInt(line.group(1)));
      Slot slot = slots[Integer.parseInt(line.group(3))];
      ServedCall call = slot.accept(client, Integer.parseInt(line.group(2)), asked);
      if (call == null) {
        say(client.pid() + " is no client");
        return;
      }
      last = System.nanoTime();
      tidy = false;
      if (!installed.equals(installed())) {
        end("torc or Java was installed anew");
      }
      if (now != null || ending) {
        call.answer("c");
        slot.done();
        return;
      }
      now = slot;
      worker.execute(
          () -> {
            call.run(this);
            slot.done();
            wake();
            collect();
          });
    } catch (IOException odd) {
      say(line.group() + ": " + odd);
    }
  }

  /** Handles a signal to the server: ends with the call that it makes. */
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

  /** Runs something that may have to wait for the call, on another thread. */
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
   * Collects garbage when much of the heap is in use: by itself the JVM would let it grow first.
   */
  private void collect() {
    Runtime heap = Runtime.getRuntime();
    if (heap.totalMemory() - heap.freeMemory() > enough) {
      System.gc();
      enough = Math.max(ENOUGH, 2 * (heap.totalMemory() - heap.freeMemory()));
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

  /** Writes a line to the log, which standard error is. */
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
