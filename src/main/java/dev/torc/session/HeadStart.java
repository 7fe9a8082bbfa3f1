package dev.torc.session;

import dev.torc.hash.Digest;
import dev.torc.records.Cache;

/**
 * What the JVM does once and slowly, the first time that it is asked: it loads the library of the
 * database, and reads its security settings at the first digest. Begun as soon as it is known that
 * a build has something to decide, it is done on another core before the build comes to it. Nothing
 * waits for it, and nothing depends on it.
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
  }
}
