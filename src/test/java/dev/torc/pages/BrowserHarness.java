package dev.torc.pages;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser that all tests of a class share: started before the first, ended after the last. Tests
 * extend it. Where none can start they are skipped, or fail in CI; see {@link Chromium}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrowserHarness {

  @TempDir Path temp;

  Browser browser;

  @BeforeAll
  void startBrowser() throws Exception {
    browser = Browser.start();
  }

  @AfterAll
  void endBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }
}
