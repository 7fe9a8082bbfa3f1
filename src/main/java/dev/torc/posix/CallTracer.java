package dev.torc.posix;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
 *       nothing but three calls that were made once before the first filter ({@link Watch#start}).
 *   <li>A judge that comes to no end in {@link #LOOKS} looks is passed over: a second thread, which
 *       has nothing to load and nothing to look at, lets all further calls go on ({@link #guard}).
 *   <li>A listener is closed when the last process has ended, and never before: calls to a closed
 *       one fail.
 * </ul>
 */
public final class CallTracer implements AutoCloseable {

  /** Looks of the guard, a second apart: time in which torc itself was stopped does not count. */
  private static final int LOOKS = 10;

  private static final int NONE_YET = Integer.MIN_VALUE;
  private static final long PASSED_OVER = -2;

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
    guards.await(-1, 0);
    guards.receive(-1);
    guards.answer(-1, 0);
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
    private CallNotice notice; // made before the thread that uses it starts
    private final Thread listens =
        Thread.ofPlatform().daemon().name("torc-trace").unstarted(this::listen);

    /** How often it began to judge one, and ended: odd while it does; or {@link #PASSED_OVER}. */
    private final AtomicLong calls = new AtomicLong();

    private volatile int listener = NONE_YET; // or -errno
    private volatile long judged; // the call's id
    private int error; // of the spawn
    private long seen; // by the guard: the same number of calls, so many looks ago
    private int looks;

    Watch(Judge judge, boolean really) {
      this.judge = judge;
      this.really = really;
    }

    int spawn(long pid, long path, long actions, long attributes, long argv, long env) {
      try {
        notice = new CallNotice();
        Thread starts =
            Thread.ofPlatform()
                .daemon()
                .name("torc-trace-start")
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> start(pid, path, actions, attributes, argv, env));
        if (really) {
          listens.start(); // before the filter: afterwards nothing may fail any more
          watched.add(this);
        }
        starts.start();
        ThreadEnd.await(starts);
      } catch (OutOfMemoryError noThread) {
        listener = -Libc.EAGAIN;
      }
      if (listener >= 0) {
        return error;
      }
      LockSupport.unpark(listens);
      watched.remove(this);
      over.countDown();
      judge.blind("it could not be watched: " + FileStatus.reason(-listener));
      return SPAWN.call(pid, path, actions, attributes, argv, env);
    }

    /**
     * Lays the filter on this thread, hands over the listener, and starts the process. From then on
     * the thread waits for the listener wherever it opens a file, so nothing that follows loads a
     * class: the first one that runs is a dry one.
     */
    private void start(long pid, long path, long actions, long attributes, long argv, long env) {
      listener = filter.lay(really);
      if (listener >= 0) {
        LockSupport.unpark(listens);
        error = SPAWN.call(pid, path, actions, attributes, argv, env);
      }
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
      while (listener == NONE_YET) {
        LockSupport.park(this);
      }
      int fd = listener;
      if (fd < 0) {
        return;
      }
      int news;
      while ((news = notice.await(fd, -1)) >= 0) {
        if (news > 0 && notice.receive(fd) && !answers(fd)) {
          return; // the guard has it now
        }
      }
      end(fd);
    }

    /** Answers the call that was taken; false where that took too long. */
    private boolean answers(int fd) {
      judged = notice.id();
      long now = calls.incrementAndGet();
      int refusal = 0;
      try {
        FileCall call = notice.call();
        if (call == null) {
          judge.blind("it made a call by the numbers of another kind of processor");
        } else {
          refusal = judge.of(call, notice);
        }
      } catch (Throwable trouble) { // of memory, too: the job is to go on whatever happens here
        hole(trouble);
      }
      if (notice.answer(fd, refusal)) {
        try {
          judge.answered();
        } catch (Throwable trouble) {
          hole(trouble);
        }
      }
      return calls.compareAndSet(now, now + 1);
    }

    private void hole(Throwable trouble) {
      judge.blind(
          trouble instanceof CallNotice.Unreadable ? trouble.getMessage() : "torc met " + trouble);
    }

    /** Whether its judge has been at one call for too long, and is so no more; for the guard. */
    boolean isTaken() {
      long now = calls.get();
      looks = now % 2 != 0 && now == seen ? looks + 1 : 0;
      seen = now;
      return looks >= LOOKS && calls.compareAndSet(now, PASSED_OVER);
    }

    boolean isPassedOver() {
      return calls.get() == PASSED_OVER;
    }

    void end(int fd) {
      watched.remove(this);
      Libc.close(fd);
      over.countDown();
    }
  }

  /** Lets the calls of those go on whose judge comes to no end. */
  private void guard() {
    while (!closed || !watched.isEmpty()) {
      boolean any = false;
      try {
        for (Watch each : watched) {
          if (each.isTaken()) {
            guards.answer(each.listener, each.judged, 0);
            each.judge.blind("torc was too slow to look at what it read");
          }
          if (each.isPassedOver()) {
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
    int news = guards.await(fd, 1);
    if (news > 0 && guards.receive(fd)) {
      guards.answer(fd, 0);
    } else if (news < 0) {
      watch.end(fd);
    }
  }
}
