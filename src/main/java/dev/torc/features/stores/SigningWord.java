package dev.torc.features.stores;

import dev.torc.base.text.SafeText;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An Ed25519 public key (RFC 8032) as written in {@code trust}: {@code ed25519:} and 32 bytes in
 * Base64. The user decides which keys are trusted.
 */
public record SigningWord(String word) {

  static final String ALGORITHM = "Ed25519";

  static final int LENGTH = 32; // bytes

  private static final String PREFIX = "ed25519:";

  /** The bytes that precede an Ed25519 key in X.509 form (RFC 8410). */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  static SigningWord of(byte[] key) {
    return new SigningWord(PREFIX + Base64.getEncoder().encodeToString(key));
  }

  /** Returns the key that a text stands for; throws if the text is not a valid key. */
  public static SigningWord of(String word) throws StoreRefusal {
    try {
      String key = word.startsWith(PREFIX) ? word.substring(PREFIX.length()) : "";
      byte[] bytes = Base64.getDecoder().decode(key);
      if (bytes.length == LENGTH) {
        return of(bytes);
      }
    } catch (IllegalArgumentException e) {
      // not Base64: refused below
    }
    throw new StoreRefusal(
        SafeText.name(word)
            + " is not a public key; a key is ed25519: and 44 characters, as torc store"
            + " --make-key prints them");
  }

  byte[] bytes() {
    return Base64.getDecoder().decode(word.substring(PREFIX.length()));
  }

  boolean verifies(byte[] message, byte[] signature) {
    try {
      Signature ed25519 = Signature.getInstance(ALGORITHM);
      ed25519.initVerify(publicKey());
      ed25519.update(message);
      return ed25519.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // not a point of the curve, or not a signature
    }
  }

  private PublicKey publicKey() throws GeneralSecurityException {
    byte[] x509 = Arrays.copyOf(X509, X509.length + LENGTH);
    System.arraycopy(bytes(), 0, x509, X509.length, LENGTH);
    return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(x509));
  }

  @Override
  public String toString() {
    return word;
  }
}
