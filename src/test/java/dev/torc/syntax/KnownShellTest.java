package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which words are a shell whose quoting is known. */
class KnownShellTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sh -e -c|true",
        "/bin/bash -ec|true",
        "bash -e -o pipefail -c|true",
        "bash -c -o pipefail|true",
        "zsh -c|true",
        "./sh// -c|true",
        "/ -c|false",
        "bin/mysh -c|false",
        "python3 -c|false",
        "fish -c|false",
        "bash|false",
        "bash run.sh -c|false",
        "ssh host sh -c|false",
        "bash --norc|false",
      })
  void onlyKnownShellsThatTakeATextAreKnown(String words, boolean expected) {
    assertEquals(expected, Quoting.isKnown(List.of(words.split(" "))));
  }
}
