package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DigestTest {
  @Test
  void hexRoundTrip() {
    String hex = "00ff".repeat(16);
    assertEquals(hex, Digest.ofHex(hex).hex());
    assertEquals("00ff00f", Digest.ofHex(hex).toString());
  }
}
