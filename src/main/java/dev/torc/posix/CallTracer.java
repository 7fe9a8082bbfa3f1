package dev.torc.posix;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes whose {@link FileCall}s, and those of all their descendants, wait until a {@link
 * Judge} has seen them. What the calls mean is the judge's business.
 *
 * <p>A call that is not answered stops the job, so three things hold:
 *
 * <ul>
 *   <li>The filter belongs to a thread, which waits for the listener too. If it loaded a class
 *       while the listener's thread needs one, both would wait for ever. So that thread does
 *       nothing but three calls that were made once before the first filter ({@link Starter}).
 *   <li>A judge that comes to no end in {@link #LOOKS} looks is passed over: a second thread, which
 *       has nothing to load and nothing to look at, lets all further calls go on ({@link #guard}).
 *   <li>A listener is closed when the last process has ended, and never before: calls to a closed
 *       one fail.
 * </ul>
 */
public final class CallTracer implements AutoCloseable {

  /** Looks of the guard, a second apart: time in which torc itself was stopped does not count. */
  private static final int LOOKS = 10;

  private static final NativeCall SPAWN = NativeCall.of("posix_spawn");

  /** Sees the calls of one process and its descendants, on one thread. */
  public interface Judge {

    /**
     * A call waits.
     *
     * @return the number of the error with which it fails; 0 to let it go on
     */
    int of(FileCall call, CallNotice notice) throws CallNotice.Unreadable;

    /** The last call was answered, and not in vain. */
    void answered();

    /** What happened from now on may have gone unseen; from any thread. */
    void blind(String why);
  }

  private final CallFilter filter = new CallFilter();
  private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
  private final CallNotice guards = new CallNotice();
  private final long pause;
  private volatile boolean closed;

  /**
   * Makes ready what tracing needs.
   *
   * @throws UnsupportedOperationException with a line that says why it cannot work here
   */
  public CallTracer() {
    this(1000);
  }

  /** The same with another pause, in milliseconds, between the looks of the guard. */
  CallTracer(long pause) {
    this.pause = pause;
    String why = filter.probe();
    if (why != null) {
      throw new UnsupportedOperationException(why);
    }
    Watch dry = new Watch(null, false);
    Memory none = Memory.of(64); // the path of no program, and no arguments
    dry.spawn(none.address(), none.address(), 0, 0, none.address(), none.address());
    guards.receive(-1);
    guards.answer(-1, 0, 0);
    passOver(dry, 0);
    Thread.ofPlatform().daemon().name("torc-trace-guard").start(this::guard);
  }

  /** Why nothing can be traced here; null where it can. */
  public static String refusal() {
    return new CallFilter().probe();
  }

  /** What is to start one process; it and its descendants are then watched to their end. */
  public Traced of(Judge judge) {
    return new Traced(judge);
  }

  /** No process is started any more; those that are left are watched on. */
  @Override
  public void close() {
    closed = true;
  }

  /**
   * Starts a process, perhaps after tries that came to nothing, and knows when its tree is over.
   */
  public final class Traced implements Spawn.Caller {

    private final Judge judge;
    private volatile Watch last;

    private Traced(Judge judge) {
      this.judge = judge;
    }

    @Override
    public int spawn(long pid, long path, long actions, long attributes, long argv, long env) {
      last = new Watch(judge, true);
      return last.spawn(pid, path, actions, attributes, argv, env);
    }

    /** Whether all its processes have ended, after waiting for that. */
    public boolean isOver(long milliseconds) {
      return last.isOver(milliseconds);
    }
  }

  /** One filter, and its listener. */
  private final class Watch {

    private final Judge judge;
    private final boolean really;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int listener = -1;
    private volatile int calls; // how often it began to judge one, and ended: odd while it does
    private volatile boolean failed;
    private volatile long judged; // the call's id
    private int seen; // by the guard: the same number of calls, so many looks ago
    private int looks;
    private volatile boolean passedOver;

    Watch(Judge judge, boolean really) {
      this.judge = judge;
      this.really = really;
    }

    int spawn(long pid, long path, long actions, long attributes, long argv, long env) {
      Thread listens = Thread.ofPlatform().daemon().name("torc-trace").unstarted(this::listen);
      Starter starts =
          new Starter(this, listens, new long[] {pid, path, actions, attributes, argv, env});
      try {
        if (really) {
          listens.start(); // before the filter: afterwards nothing may fail any more
        }
        starts.start();
        ThreadEnd.await(starts);
      } catch (OutOfMemoryError noThread) {
        starts.listener = -Libc.EAGAIN;
      }
      if (starts.listener >= 0) {
        return starts.error;
      }
      listener = -2; // nothing to listen to
      LockSupport.unpark(listens);
      over.countDown();
      judge.blind("it could not be watched: " + FileStatus.reason(-starts.listener));
      return SPAWN.call(pid, path, actions, attributes, argv, env);
    }

    boolean isOver(long milliseconds) {
      try {
        return over.await(milliseconds, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return over.getCount() == 0;
      }
    }

    private void listen() {
      while (listener == -1) {
        LockSupport.park(this);
      }
      int fd = listener;
      if (fd >= 0) {
        watched.add(this);
        try {
          CallNotice notice = new CallNotice();
          while (!passedOver && next(fd, notice)) {
            continue;
          }
        } catch (Throwable trouble) { // of memory, too: the job is to go on whatever happens here
          failed = true; // the guard answers it, and goes on
          judge.blind("torc met " + trouble);
          return;
        }
        if (passedOver) {
          return;
        }
        watched.remove(this);
        Libc.close(fd);
      }
      over.countDown();
    }

    /** Whether its judge has been at one call for too long; for the guard alone. */
    boolean isStuck() {
      int now = calls;
      looks = now % 2 != 0 && now == seen ? looks + 1 : 0;
      seen = now;
      return failed || looks >= LOOKS;
    }

    /** Answers one call; false where none can come any more. */
    private boolean next(int fd, CallNotice notice) {
      int news = CallNotice.await(fd, -1);
      if (news <= 0) {
        return news == 0;
      }
      if (!notice.receive(fd)) {
        return true;
      }
      judged = notice.id();
      calls |= 1;
      int error = 0;
      try {
        FileCall call = notice.call();
        if (call == null) {
          judge.blind("it made a call by the numbers of another kind of processor");
        } else {
          error = judge.of(call, notice);
        }
      } catch (CallNotice.Unreadable e) {
        judge.blind(e.getMessage());
      }
      if (!passedOver && notice.answer(fd, error)) {
        judge.answered();
      }
      calls++;
      return true;
    }
  }

  /**
   * Lays the filter on itself, hands over the listener, and starts the process. After {@code lay}
   * it waits for the listener wherever it opens a file, so nothing that follows loads a class: the
   * first one that runs is a dry one.
   */
  private final class Starter extends Thread {
    private final Watch watch;
    private final Thread listens;
    private final long[] arguments;
    private int listener;
    private int error;

    Starter(Watch watch, Thread listens, long[] arguments) {
      super(null, null, "torc-trace-start", 0, false);
      setDaemon(true);
      this.watch = watch;
      this.listens = listens;
      this.arguments = arguments;
    }

    @Override
    public void run() {
      long[] a = arguments;
      listener = filter.lay(watch.really);
      if (listener >= 0) {
        watch.listener = listener;
        LockSupport.unpark(listens);
        error = SPAWN.call(a[0], a[1], a[2], a[3], a[4], a[5]);
      }
    }
  }

  /** Lets the calls of those go on whose judge comes to no end. */
  private void guard() {
    while (!closed || !watched.isEmpty()) {
      boolean any = false;
      try {
        for (Watch each : watched) {
          if (!each.passedOver && each.isStuck()) {
            each.passedOver = true;
            guards.answer(each.listener, each.judged, 0);
            each.judge.blind("torc was too slow to look at what it read");
          }
          if (each.passedOver) {
            any = true;
            passOver(each, each.listener);
          }
        }
      } catch (OutOfMemoryError e) {
        any = true; // at the next look there may be some
      }
      LockSupport.parkNanos((any ? 1 : pause) * 1_000_000L);
    }
  }

  private void passOver(Watch watch, int fd) {
    int news = watch.really ? CallNotice.await(fd, 1) : CallNotice.await(-1, 0);
    if (news > 0 && guards.receive(fd)) {
      guards.answer(fd, 0);
    } else if (news < 0) {
      watched.remove(watch);
      Libc.close(fd);
      watch.over.countDown();
    }
  }
}
