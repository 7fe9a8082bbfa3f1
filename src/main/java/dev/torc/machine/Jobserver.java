package dev.torc.machine;

import dev.torc.posix.Descriptor;
import dev.torc.posix.FileStatus;
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
 * A client of the jobserver of a GNU make that called torc: takes tokens, one for each running job
 * beyond the first, and gives every one back. The scheduler decides how many it wants and what runs
 * on them. The protocol is that of the section "POSIX Jobserver Interaction" of the manual of GNU
 * make; {@link Makeflags} reads the variable by which make names it.
 *
 * <p>A token is one byte in a FIFO or pipe that all clients share. It is only ever read without
 * blocking and while it is wanted, under the lock that {@link #close} takes too, so none is on the
 * way when the last are given back. Safe for use by several threads.
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

  /**
   * Returns the jobserver that {@code MAKEFLAGS} names.
   *
   * @param warn takes a line where there should be one but it cannot be used
   * @return empty where there is none; otherwise the caller must close it
   */
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
      throw new IOException("no FIFO stands there");
    }
    Descriptor both = Descriptor.open(path, true);
    return new Jobserver(both, both, warn);
  }

  /**
   * Opens the pipe. The numbers may stand for anything: a make that gave its recipe no jobserver
   * closes the pipe and names it still, and then Java opens files of its own under these numbers.
   */
  private static Jobserver ofPipe(String numbers, Consumer<String> warn) throws IOException {
    Matcher pair = Pattern.compile("(\\d{1,9}),(\\d{1,9})").matcher(numbers);
    if (!pair.matches()) { // make writes -2,-2 where the recipe gets none
      throw notGiven();
    }
    int from = Integer.parseInt(pair.group(1));
    int to = Integer.parseInt(pair.group(2));
    String pipe = pipe(from, 0);
    if (!pipe.equals(pipe(to, 1))) {
      throw notGiven();
    }
    // opened anew, since whether reads block is shared by all processes that have the inherited one
    Descriptor in = Descriptor.open("/proc/self/fd/" + from, false);
    return new Jobserver(in, new Descriptor(to), warn);
  }

  /**
   * Returns the system's name of the anonymous pipe that a descriptor stands for.
   *
   * @param mode 0 where it must be open for reading, 1 for writing
   */
  private static String pipe(int number, int mode) throws IOException {
    try {
      String name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
      for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number))) {
        if (name.startsWith("pipe:") && line.startsWith("flags:")) {
          if ((Integer.parseInt(line.substring(6).strip(), 8) & 3) == mode) {
            return name;
          }
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

  /**
   * Begins to read tokens when they are wanted, on a thread of its own.
   *
   * @param arrived called on that thread after each token
   */
  public synchronized void start(Runnable arrived) {
    if (reading || closed) {
      throw new IllegalStateException("started or closed before");
    }
    reading = true;
    Thread reader = new Thread(() -> read(arrived), "jobserver");
    reader.setDaemon(true);
    reader.start();
  }

  /** Says how many tokens are wanted from now on beyond those held; each arrival is one less. */
  public synchronized void want(int more) {
    wanted = more;
    notifyAll();
  }

  /** Returns how many tokens are held. */
  public synchronized int held() {
    return tokens.size();
  }

  /** Gives back some of the tokens held. */
  public synchronized void giveBack(int count) {
    if (count > tokens.size()) {
      throw new IllegalArgumentException(count + " of " + tokens.size() + " tokens");
    }
    for (int i = 0; i < count; i++) {
      try {
        out.write(tokens.peek());
      } catch (IOException e) { // make is gone, and its tokens with it
        warn.accept("make's jobserver: a token could not be given back: " + e.getMessage());
      }
      tokens.remove();
    }
  }

  /** Gives all tokens back and takes no more; may be called more than once. */
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
    if (closed) { // otherwise it may still be needed to give back what is held
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
    if (token == Descriptor.NOTHING) { // another client was faster, or it is not wanted any more
      return false;
    }
    tokens.add(token);
    wanted--;
    return true;
  }
}
