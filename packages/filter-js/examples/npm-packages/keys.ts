type JsonWebKey = Readonly<Record<string, string>> & { readonly kty: string };

/** Keys for the tokens of the cases, made for them; by algorithm, as JSON Web Keys. */
export const KEYS: Readonly<Record<string, JsonWebKey>> = {
  HS256: {
    kty: "oct",
    k: "YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcywgc28h",
  },
  RS256: {
    kty: "RSA",
    n: "80Q_mBnEyHdFnzPpNdHCPJX2XJVNzyxqIX1liXjMXzRJkzL9YWhpLVTIqo2NnbtVvQCnbxbpRlPcxk9pf0_gc5NdkF20pEmqgsDjoR5S-ZUCI3GCVUq5vKhd3XrOu8SiAvKDLgSrf2bVd_Un9QyruusVMRECdu3SGPFEB6M1P4gHiaUzWRgQBoFIYwCBCF-xaWMJH4GsHysua6Tt0Tsd9b1XCanTHl3LX9E3tOO7vXwxmYv7r5Far5ud3SRMGoIilIR-vOdWZZMoJbhGydwUFZ6sBa9d4Zhw7Wt5wfAmFBuw1D0wivdX_91Kd1Pwi54GCwnWEbrErxBXwz30d99zkw",
    e: "AQAB",
  },
  PS256: {
    kty: "RSA",
    n: "nVgJpY6XaSonYVr_KT9caXnNWAxC_fPVMROzvLyBbKD6ByIMUmqioyFLEgIjk_98w8PZYhyAKM_DJOpsQX1Vh0gDVYq7sxn8NIW4TmMeIVgCl1YvzePoKUxBCXJDpXKjtIC-M2_ArjoNsAD85n1jTGIGe0oX17hKlqZ6oCcP7K0z8fwZwzSd193h-ktzRwuU3wSjOOmPvlfiN4ZlYJ1h79BQJTgczzQThyw61s3BvEvfp9HoNANpcz_00jvlrR4By6BLz_A5Gl6z3IH3vt5N8mEUBpEefpllXEzdpw3UfPlhBLcWb_niTn8kxBOPVO0TcpT1B5EYKOQ80i46pLtI6w",
    e: "AQAB",
  },
  ES256: {
    kty: "EC",
    x: "2AjRViE5-kCRDbPkwSgqQqqmTfYj-6tv9OZ0IX-rV4k",
    y: "IT5rsdGJFW1XhgZu3g3yhGVA3VqDQ0sk7erBwaMaIic",
    crv: "P-256",
  },
  ES512: {
    kty: "EC",
    x: "ACDMN-qHeFctygR6BnPeMI3Qrlev0gYQP0CHILJprQHHiy7AaTrDRvDWLwmmGNgkaZYLOw5gD7Ryl0dPCNK46AGn",
    y: "AU67ACHENZsOWsaTXujpduzT4zNIH4CpI1IuMEpgaSAU5eB38CEq6f71NhcwjqVbjvRlR7ArA19REK2PMfu1Ud7v",
    crv: "P-521",
  },
};

/** An RSA key as PEM. */
export const PEM = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA80Q/mBnEyHdFnzPpNdHC
PJX2XJVNzyxqIX1liXjMXzRJkzL9YWhpLVTIqo2NnbtVvQCnbxbpRlPcxk9pf0/g
c5NdkF20pEmqgsDjoR5S+ZUCI3GCVUq5vKhd3XrOu8SiAvKDLgSrf2bVd/Un9Qyr
uusVMRECdu3SGPFEB6M1P4gHiaUzWRgQBoFIYwCBCF+xaWMJH4GsHysua6Tt0Tsd
9b1XCanTHl3LX9E3tOO7vXwxmYv7r5Far5ud3SRMGoIilIR+vOdWZZMoJbhGydwU
FZ6sBa9d4Zhw7Wt5wfAmFBuw1D0wivdX/91Kd1Pwi54GCwnWEbrErxBXwz30d99z
kwIDAQAB
-----END PUBLIC KEY-----`;
