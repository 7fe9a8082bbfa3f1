package dev.torc.base.posix;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Calls that may throw an {@link IOException}. */
public final class Io {

  private Io() {}

  /** Returns what a call returns; {@code otherwise} if it throws an {@link IOException}. */
  public static <T> T or(Get<T> call, T otherwise) {
    try {
      return call.get();
    } catch (IOException e) {
      return otherwise;
    }
  }

  /** Makes a call, in a place where only an {@link UncheckedIOException} may be thrown. */
  public static void unchecked(Run call) {
    try {
      call.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public interface Run {
    void run() throws IOException;
  }

  public interface Get<T> {
    T get() throws IOException;
  }

  public interface Take<T> {
    void take(T value) throws IOException;
  }

  public interface Make<T, R> {
    R of(T value) throws IOException;
  }
}
