package dev.torc.base.posix;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes so that each {@link FileCall} of them and their descendants waits until a {@link
 * JobTrace} has handled it. The trace, not this class, knows what the calls mean.
 *
 * <p>A call that is never answered blocks the job, so this class keeps three rules:
 *
 * <ul>
 *   <li>The thread with the filter waits for the listener too. If it loaded a class while the
 *       listener's thread needs one, both would wait forever. So it only runs code that has run
 *       before ({@code start}).
 *   <li>If a trace is still at the same call after {@link #LOOKS} checks, a guard thread, which
 *       loads no classes and reads no files, lets that call and all later ones continue ({@link
 *       #guard}).
 *   <li>A listener is closed only after the last process has ended, since reported calls fail
 *       without a listener.
 * </ul>
 */
final class CallTracer implements AutoCloseable {

  /** Makes the call that starts a process. All parameters are addresses of filled memory. */
  interface Caller {

    /** Calls posix_spawn(3); returns 0 or an error number. */
    int spawn(long pid, long path, long actions, long attributes, long argv, long env);
  }

  /** How many checks of the guard a call may take; none happen while torc itself is stopped. */
  private static final int LOOKS = 10;

  private static final int NONE_YET = Integer.MIN_VALUE;

  private static final NativeCall SPAWN = NativeCall.of("posix_spawn");

  private final CallFilter filter = new CallFilter(false);
  private final CallFilter strict = new CallFilter(true);
  private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
  private final CallNotice guards = new CallNotice();
  private final Memory none = Memory.of(64); // zeros: an empty path, no arguments
  private final long pause;
  private final String refusal;
  private volatile boolean closed;

  CallTracer() {
    this(1000);
  }

  /** Creates a tracer whose guard pauses this many milliseconds between checks. */
  CallTracer(long pause) {
    this.pause = pause;
    refusal = tryStart();
    closed = refusal != null;
  }

  /** Starts an empty path: this fails, but loads all code for starts. Returns a refusal or null. */
  private String tryStart() {
    guards.next(-1, 0);
    guards.answer(-1, 0, 0);
    Thread.ofPlatform().daemon().name("torc-trace-guard").start(this::guard);
    JobTrace trace = new JobTrace(List.of(), 0, null);
    Watch first = new Watch(trace);
    LockSupport.unpark(first.listens); // has no effect yet, but loads the code
    first.spawn(none.address(), none.address(), 0, 0, none.address(), none.address());
    if (first.listener < 0) {
      return CallFilter.refusal(-first.listener);
    }
    return trace.isOver(2000) ? null : "this kernel is older than Linux 5.9";
  }

  /** Returns why tracing does not work on this machine; null if it works. */
  String refusal() {
    return refusal;
  }

  /** Returns a caller that starts and traces processes; valid if {@link #refusal} returns null. */
  Caller of(JobTrace trace) {
    return (pid, path, actions, attributes, argv, env) ->
        new Watch(trace).spawn(pid, path, actions, attributes, argv, env);
  }

  /** Closes the tracer. No process may be started after that, but running ones are still traced. */
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

    private volatile int listener = NONE_YET; // the listener's descriptor, or -errno
    private volatile int calls; // incremented before and after each call: odd during a call
    private volatile boolean late; // whether the guard answers instead of the trace
    private int error; // error number of the spawn; 0 for none
    private int seen; // the value of calls at the guard's last check
    private int looks; // how many checks in a row have found the trace at that call

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
        listens.start(); // before the filter: after that, no step may fail
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
     * Installs the filter on this thread, wakes the listening thread and starts the process. Once
     * the filter is installed, this thread must load no class. All code of the later steps has run
     * before.
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

    /** Lets calls continue if the trace has taken too long for one; returns whether it has. */
    synchronized boolean relieve() {
      int now = calls;
      looks = now % 2 != 0 && now == seen ? looks + 1 : 0;
      seen = now;
      if (looks < LOOKS || over.getCount() == 0) { // if over, the listener is closed
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
        any = true; // there may be memory at the next check
      }
      LockSupport.parkNanos((any ? 1 : pause) * 1_000_000L);
    }
  }
}
