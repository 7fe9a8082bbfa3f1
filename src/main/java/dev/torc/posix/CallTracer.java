package dev.torc.posix;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes whose {@link FileCall}s, and those of all their descendants, wait until a {@link
 * JobTrace} has seen them. The trace knows what the calls mean.
 *
 * <p>A call that is not answered stops the job, so three things hold:
 *
 * <ul>
 *   <li>The thread with the filter waits for the listener too. If it loaded a class while the
 *       listener's thread needs one, both would wait forever. So it only makes calls whose code has
 *       run before ({@link Watch#start}).
 *   <li>If a trace stays at one call for {@link #LOOKS} looks, a second thread, which loads nothing
 *       and looks at nothing, lets all further calls continue ({@link #guard}).
 *   <li>A listener is closed only after the last process has ended: calls to a closed one fail.
 * </ul>
 */
final class CallTracer implements AutoCloseable {

  /** Makes the call that starts a process; the memory at all addresses is ready. */
  interface Caller {

    /** Calls posix_spawn(3); returns 0, or the number of the error. */
    int spawn(long pid, long path, long actions, long attributes, long argv, long env);
  }

  /** Looks of the guard, a second apart: time in which torc itself was stopped does not count. */
  private static final int LOOKS = 10;

  private static final int NONE_YET = Integer.MIN_VALUE;

  private static final NativeCall SPAWN = NativeCall.of("posix_spawn");

  private final CallFilter filter = new CallFilter(false);
  private final CallFilter strict = new CallFilter(true);
  private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
  private final CallNotice guards = new CallNotice();
  private final Memory none = Memory.of(64); // the path of no program, and no arguments
  private final long pause;
  private final String refusal;
  private volatile boolean closed;

  CallTracer() {
    this(1000);
  }

  /** Sets the pause between the guard's looks, in milliseconds. */
  CallTracer(long pause) {
    this.pause = pause;
    refusal = tryStart();
    closed = refusal != null;
  }

  /** Starts an empty path as programs are started: this loads all code that a start needs. */
  private String tryStart() {
    guards.next(-1, 0);
    guards.answer(-1, 0, 0);
    Thread.ofPlatform().daemon().name("torc-trace-guard").start(this::guard);
    JobTrace trace = new JobTrace(List.of(), 0, null);
    Watch first = new Watch(trace);
    LockSupport.unpark(first.listens); // no effect yet: it loads the code
    first.spawn(none.address(), none.address(), 0, 0, none.address(), none.address());
    if (first.listener < 0) {
      return CallFilter.refusal(-first.listener);
    }
    return trace.isOver(2000) ? null : "this kernel is older than Linux 5.9";
  }

  /** Returns why tracing does not work here; null where it does. */
  String refusal() {
    return refusal;
  }

  /** Returns the call that starts and watches a process; only if {@link #refusal} is null. */
  Caller of(JobTrace trace) {
    return (pid, path, actions, attributes, argv, env) ->
        new Watch(trace).spawn(pid, path, actions, attributes, argv, env);
  }

  /** Closes the tracer: no process may be started now, but running ones are still watched. */
  @Override
  public void close() {
    closed = true;
  }

  /** One started process with its descendants, their filter and its listener. */
  private final class Watch {

    private final JobTrace trace;
    private final CallFilter lays;
    private final CountDownLatch over = new CountDownLatch(1);
    private CallNotice notice; // made before the thread that uses it starts
    private final Thread listens =
        Thread.ofPlatform().daemon().name("torc-trace").unstarted(this::listen);

    private volatile int listener = NONE_YET; // or -errno
    private volatile int calls; // begun and ended: odd while the trace looks at one
    private volatile boolean late; // the guard has passed the trace over
    private int error; // of the spawn
    private int seen; // the value of calls at the guard's last look
    private int looks; // for how many of its looks the trace has been at that call

    Watch(JobTrace trace) {
      this.trace = trace;
      this.lays = trace.isStrict() ? strict : filter;
      trace.noteStart(over);
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
        listens.start(); // before the filter: afterwards nothing may fail any more
        watched.add(this);
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
      trace.blind("it could not be watched: " + Libc.reason(-listener));
      return SPAWN.call(pid, path, actions, attributes, argv, env);
    }

    /**
     * Lays the filter on this thread, hands over the listener and starts the process. From then on
     * the thread must load no class: all that follows ran before, or in {@link CallFilter#lay}.
     */
    private void start(long pid, long path, long actions, long attributes, long argv, long env) {
      listener = lays.lay();
      if (listener >= 0) {
        LockSupport.unpark(listens);
        error = SPAWN.call(pid, path, actions, attributes, argv, env);
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
      int begun = 0;
      int news;
      while ((news = notice.next(fd, -1)) >= 0) {
        if (news > 0) {
          calls = ++begun;
          boolean refused = !late && trace.refuses(notice);
          notice.answer(fd, notice.id(), refused ? Libc.EACCES : 0);
          calls = ++begun;
        }
      }
      end();
    }

    private synchronized void end() {
      watched.remove(this);
      Libc.close(listener);
      over.countDown();
    }

    /** Lets calls continue if the trace has been at one for too long; returns whether it has. */
    synchronized boolean relieve() {
      int now = calls;
      looks = now % 2 != 0 && now == seen ? looks + 1 : 0;
      seen = now;
      if (looks < LOOKS || over.getCount() == 0) { // its listener may be closed
        return false;
      }
      if (!late) {
        late = true;
        guards.answer(listener, notice.id(), 0);
        trace.blind("torc was too slow to look at what it read");
      }
      int news = guards.next(listener, 1);
      if (news > 0) {
        guards.answer(listener, guards.id(), 0);
      } else if (news < 0) {
        watched.remove(this);
        over.countDown();
      }
      return true;
    }
  }

  /** Relieves slow traces until the tracer is closed and its last process has ended. */
  private void guard() {
    while (!closed || !watched.isEmpty()) {
      boolean any = false;
      try {
        for (Watch each : watched) {
          any |= each.relieve();
        }
      } catch (OutOfMemoryError e) {
        any = true; // at the next look there may be memory
      }
      LockSupport.parkNanos((any ? 1 : pause) * 1_000_000L);
    }
  }
}
