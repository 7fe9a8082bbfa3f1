package dev.torc.posix;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/**
 * Calls back on SIGINT, SIGTERM and SIGHUP, each time one comes, until closed; the callback decides
 * what follows. The JDK's only way to signals is {@code sun.misc.Signal}; it is taken by reflection
 * because the compiler's warning about it cannot be silenced. A signal that the caller had ignored
 * (nohup, a background job of a plain shell) stays ignored.
 *
 * <p>One that came shortly before makes the JVM end by itself, which takes some milliseconds: the
 * callback is told of it too, and the JVM waits until this is closed.
 */
public final class Signals implements AutoCloseable {

  private record Handled(Object signal, Object before) {}

  private final Method handle;
  private final List<Handled> handled = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread end;

  /**
   * Installs the callback.
   *
   * @param callback given the signal's number, on a thread of the JVM's; must return soon
   */
  public Signals(IntConsumer callback) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = handler();
      Method number = signal.getMethod("getNumber");
      handle = signal.getMethod("handle", signal, handler);
      Object ours =
          proxy(
              handler,
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      callback.accept((int) number.invoke(arguments[0]));
                      yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "Signals";
                  });
      for (String name : List.of("INT", "TERM", "HUP")) {
        Object one = signal.getConstructor(String.class).newInstance(name);
        handled.add(new Handled(one, handle.invoke(null, one, ours)));
      }
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
    }
    end = new Thread(() -> atEnd(callback), "torc-end");
    try {
      Runtime.getRuntime().addShutdownHook(end);
    } catch (IllegalStateException ending) {
      callback.accept(Kill.TERM);
    }
  }

  private void atEnd(IntConsumer callback) {
    callback.accept(Kill.TERM);
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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

  private static Class<?> handler() throws ReflectiveOperationException {
    return Class.forName("sun.misc.SignalHandler");
  }

  private static Object proxy(Class<?> handler, InvocationHandler calls) {
    return Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, calls);
  }

  /** Puts the former handlers back. */
  @Override
  public void close() {
    for (Handled one : handled) {
      try {
        handle.invoke(null, one.signal, one.before);
      } catch (ReflectiveOperationException missing) {
        throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
      }
    }
    handled.clear();
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException ending) {
      return; // it has run
    }
  }
}
