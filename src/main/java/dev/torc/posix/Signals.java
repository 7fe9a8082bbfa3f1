package dev.torc.posix;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * SIGINT, SIGTERM and SIGHUP of this process: each goes to the work that is at hand. Where there is
 * none it goes to the handler that was there before, which ends the process. The number of the last
 * one is kept, since a signal may come when the work has just taken its last look. What a signal
 * does to the work is the work's own business.
 *
 * <p>One handler serves from the first work until this is closed; before that, nothing is at hand
 * that would mind. The JDK's only way to signals is {@code sun.misc.Signal}; it is taken by
 * reflection because the compiler's warning about it cannot be silenced. A signal that the caller
 * had ignored (nohup, a background job of a plain shell) stays ignored.
 */
public final class Signals implements AutoCloseable {

  /** The time in which signals go to some work. */
  public interface Work extends AutoCloseable {
    @Override
    void close();
  }

  private final Map<Object, Object> former = new ConcurrentHashMap<>(); // handlers, by signal
  private IntConsumer work; // null where none is at hand
  private int last; // 0 where none came
  private Thread end; // null before the first work

  /**
   * Hands signals to some work, also one that came before and that has not ended the process yet.
   *
   * @param told given the signal's number, on a thread of the JVM's; must return soon
   */
  public Work during(IntConsumer told) {
    int before;
    synchronized (this) {
      work = told;
      before = last;
    }
    if (before != 0) {
      told.accept(before);
    }
    if (former.isEmpty()) {
      install();
    }
    return this::done;
  }

  private synchronized void done() {
    work = null;
    notifyAll();
  }

  /** The number of the last signal; 0 where none came. */
  public synchronized int last() {
    return last;
  }

  /** Hands a signal that came to the work at hand; returns whether there was any. */
  public boolean take(int number) {
    IntConsumer now;
    synchronized (this) {
      last = number;
      now = work;
    }
    if (now != null) {
      now.accept(number);
    }
    return now != null;
  }

  private void install() {
    try {
      Class<?> signal = signal();
      Method number = signal.getMethod("getNumber");
      Method pass = handler().getMethod("handle", signal);
      Object ours =
          proxy(
              handler(),
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      Object one = arguments[0];
                      if (!take((int) number.invoke(one))) {
                        pass.invoke(former.get(one), one);
                      }
                      yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "Signals";
                  });
      for (String name : List.of("INT", "TERM", "HUP")) {
        Object one = signal.getConstructor(String.class).newInstance(name);
        former.put(one, handle(one, ours));
      }
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
    }
    end = new Thread(this::atEnd, "torc-end");
    try {
      Runtime.getRuntime().addShutdownHook(end);
    } catch (IllegalStateException ending) {
      endWork();
    }
  }

  /**
   * The JVM ends, which takes some milliseconds, by a signal that came before the handler was
   * there: the work is told of it, and the JVM waits for that.
   */
  private void atEnd() {
    endWork();
    try {
      synchronized (this) {
        while (work != null) {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endWork() {
    if (last() == 0) { // else it was told
      take(Kill.TERM);
    }
  }

  /** Lets the JVM write the class that a signal calls, which then needs no time any more. */
  public static void prepare() {
    try {
      proxy(handler(), (_, _, _) -> null);
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
    }
  }

  private static Class<?> signal() throws ReflectiveOperationException {
    return Class.forName("sun.misc.Signal");
  }

  private static Class<?> handler() throws ReflectiveOperationException {
    return Class.forName("sun.misc.SignalHandler");
  }

  /** Puts a handler in the place of another one, and returns that. */
  private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    return signal().getMethod("handle", signal(), handler()).invoke(null, signal, handler);
  }

  private static Object proxy(Class<?> handler, InvocationHandler calls) {
    return Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, calls);
  }

  /** Puts the former handlers back. */
  @Override
  public void close() {
    if (former.isEmpty()) {
      return;
    }
    try {
      for (Map.Entry<Object, Object> each : former.entrySet()) {
        handle(each.getKey(), each.getValue());
      }
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException ending) {
      return; // it has run
    }
  }
}
