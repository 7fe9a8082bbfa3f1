package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.hash.Digest;
import dev.torc.posix.Signals;

/**
 * What the JVM does once and slowly, the first time that it is asked: it writes the class that
 * calls the database, reads its security settings at the first digest, and writes the class that a
 * signal calls. Begun as soon as it is known that a build has something to decide, it is done on
 * another core before the build comes to it. Nothing waits for it, and nothing depends on it.
 */
final class HeadStart {

  private HeadStart() {}

  /** Begins, and returns at once. */
  static void begin() {
    Thread.ofPlatform().daemon().name("torc-ahead").start(HeadStart::run);
  }

  private static void run() {
    Cache.prepare();
    Digest.ofText("");
    Signals.prepare();
  }
}
