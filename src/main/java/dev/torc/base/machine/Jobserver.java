package dev.torc.base.machine;

import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of the jobserver of the GNU make that called torc. It takes a token for each running job
 * after the first one, and gives every token back. The scheduler decides how many tokens it wants.
 * The manual of GNU make describes the protocol ("POSIX Jobserver Interaction"); {@link Makeflags}
 * reads the variable that names the jobserver.
 *
 * <p>A token is one byte in a FIFO or pipe that all clients share. Tokens are read without
 * blocking, and only while they are wanted. Reading holds the monitor that {@link #close} takes, so
 * no token can arrive after all were given back. Safe for use by several threads.
 */
public final class Jobserver implements AutoCloseable {

  private static final int PATIENCE = 200; // milliseconds until the reader checks whether to end

  private final Descriptor in;
  private final Descriptor out;
  private final Consumer<String> warn;
  private final Deque<Integer> tokens = new ArrayDeque<>(); // each with its own value
  private int wanted;
  private boolean reading; // whether the thread may use the descriptor
  private boolean closed;

  private Jobserver(Descriptor in, Descriptor out, Consumer<String> warn) {
    this.in = in;
    this.out = out;
    this.warn = warn;
  }

  /** Opens the jobserver of {@code MAKEFLAGS}, if any; warns on failure. The caller closes it. */
  public static Optional<Jobserver> from(Map<String, String> environment, Consumer<String> warn) {
    Optional<String> named = Makeflags.jobserver(environment.getOrDefault("MAKEFLAGS", ""));
    if (named.isEmpty()) {
      return Optional.empty();
    }
    String name = named.get();
    try {
      return Optional.of(
          name.startsWith("fifo:")
              ? ofFifo(name.substring("fifo:".length()), warn)
              : ofPipe(name, warn));
    } catch (IOException e) {
      warn.accept("make's jobserver " + name + " is left alone: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Jobserver ofFifo(String path, Consumer<String> warn) throws IOException {
    if (!FileStatus.of(path, true).isFifo()) {
      throw new IOException("it is not a FIFO");
    }
    Descriptor both = Descriptor.open(path, true);
    return new Jobserver(both, both, warn);
  }

  /**
   * Opens the pipe. The numbers may be those of other files: if make gives a recipe no jobserver,
   * it closes the pipe but still names it, and Java then uses the numbers for its own files.
   */
  private static Jobserver ofPipe(String numbers, Consumer<String> warn) throws IOException {
    Matcher pair = Pattern.compile("(\\d{1,9}),(\\d{1,9})").matcher(numbers);
    if (!pair.matches()) { // make writes -2,-2 if the recipe gets none
      throw notGiven();
    }
    int from = Integer.parseInt(pair.group(1));
    int to = Integer.parseInt(pair.group(2));
    String pipe = pipe(from, 0);
    if (!pipe.equals(pipe(to, 1))) {
      throw notGiven();
    }
    // opened again, because processes that inherit a descriptor share its blocking mode
    return new Jobserver(Descriptor.open("/proc/self/fd/" + from, false), new Descriptor(to), warn);
  }

  /** Returns the name of a descriptor's pipe if it is open for reading (mode 0) or writing (1). */
  private static String pipe(int number, int mode) throws IOException {
    try {
      String name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
      for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number))) {
        if (name.startsWith("pipe:")
            && line.startsWith("flags:")
            && (Integer.parseInt(line.substring(6).strip(), 8) & 3) == mode) {
          return name;
        }
      }
    } catch (IOException e) {
      throw notGiven();
    }
    throw notGiven();
  }

  private static IOException notGiven() {
    return new IOException("this recipe has no access to it; put + before its command");
  }

  /** Starts the thread that reads wanted tokens, and that calls {@code arrived} after each one. */
  public synchronized void start(Runnable arrived) {
    if (reading || closed) {
      throw new IllegalStateException("started or closed before");
    }
    reading = true;
    Thread.ofPlatform().daemon().name("jobserver").start(() -> read(arrived));
  }

  /** Sets how many more tokens are wanted. Each token that arrives lowers the number by one. */
  public synchronized void want(int more) {
    wanted = more;
    notifyAll();
  }

  public synchronized int held() {
    return tokens.size();
  }

  public synchronized void giveBack(int count) {
    if (count > tokens.size()) {
      throw new IllegalArgumentException(count + " of " + tokens.size() + " tokens");
    }
    for (int i = 0; i < count; i++) {
      try {
        out.write(tokens.peek());
      } catch (IOException e) { // make has ended, and its tokens no longer exist
        warn.accept("make's jobserver: a token could not be given back: " + e.getMessage());
      }
      tokens.remove();
    }
  }

  /** Gives all tokens back and takes no more. Later calls do nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    wanted = 0;
    giveBack(tokens.size());
    notifyAll();
    if (!reading) {
      in.close();
    }
  }

  private void read(Runnable arrived) {
    try {
      while (awaitWish()) {
        if (in.readable(PATIENCE) && take()) {
          arrived.run();
        }
      }
    } catch (IOException e) {
      warn.accept("make's jobserver: no more tokens: " + e.getMessage());
    } finally {
      readNoMore();
    }
  }

  private synchronized void readNoMore() {
    reading = false;
    if (closed) { // otherwise, it may be needed to give tokens back
      in.close();
    }
  }

  private synchronized boolean awaitWish() throws IOException {
    try {
      while (wanted == 0 && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    return !closed;
  }

  private synchronized boolean take() throws IOException {
    int token = wanted == 0 ? Descriptor.NOTHING : in.read();
    if (token == Descriptor.END) {
      throw new IOException("make has ended");
    }
    if (token == Descriptor.NOTHING) { // another client was faster, or no token is wanted
      return false;
    }
    tokens.add(token);
    wanted--;
    return true;
  }
}
