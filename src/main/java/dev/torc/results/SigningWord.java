package dev.torc.results;

import dev.torc.text.SafeText;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A public key of Ed25519 (RFC 8032), as it is written in {@code trust}: {@code ed25519:} and 32
 * bytes in Base64. Who may be trusted the user says.
 */
public final class SigningWord {

  /** Bytes of a public key. */
  static final int LENGTH = 32;

  private static final String PREFIX = "ed25519:";

  /** What stands before the bytes of every such key in its X.509 form (RFC 8410). */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private final byte[] bytes;

  SigningWord(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /**
   * The key that a word stands for.
   *
   * @throws StoreRefusal where it stands for none
   */
  public static SigningWord of(String word) throws StoreRefusal {
    byte[] bytes = {};
    if (word.startsWith(PREFIX)) {
      try {
        bytes = Base64.getDecoder().decode(word.substring(PREFIX.length()));
      } catch (IllegalArgumentException e) {
        bytes = new byte[0];
      }
    }
    if (bytes.length != LENGTH) {
      throw new StoreRefusal(
          SafeText.name(word)
              + " is no public key; that is ed25519: with 44 characters behind it, as torc store"
              + " --make-key prints them");
    }
    return new SigningWord(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** Whether a signature is one of this key for these bytes. */
  boolean verifies(byte[] message, byte[] signature) {
    try {
      Signature ed25519 = Signature.getInstance(SigningKey.ALGORITHM);
      ed25519.initVerify(publicKey());
      ed25519.update(message);
      return ed25519.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // bytes that are no point of the curve, or no signature
    }
  }

  private PublicKey publicKey() throws GeneralSecurityException {
    byte[] x509 = Arrays.copyOf(X509, X509.length + LENGTH);
    System.arraycopy(bytes, 0, x509, X509.length, LENGTH);
    return KeyFactory.getInstance(SigningKey.ALGORITHM)
        .generatePublic(new X509EncodedKeySpec(x509));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SigningWord that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The word itself. */
  @Override
  public String toString() {
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }
}
