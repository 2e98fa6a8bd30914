/**
 * A key and its self-signed certificate for `localhost` and 127.0.0.1, made for these tests and used nowhere else.
 * Valid for a hundred years from November 2026.
 */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi+1qnsw1/nCxIkfB
6pj+9p08x5uS0ENa7TLSHnTaogqhRANCAARz3psSYrcZB3XU9O6Cx30mBeMjW/t/
KF4xdikxqv8VK6XthF7ouKhnVfv7nGsmD7aiLHzgiFLK+Jzm9zmP2iLe
-----END PRIVATE KEY-----
`;

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUf4RmRjwrtKillgtMHrzSL/LawwMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIzMTkzMVoYDzIxMjYxMDI4
MjMxOTMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARz3psSYrcZB3XU9O6Cx30mBeMjW/t/KF4xdikxqv8VK6XthF7ouKhn
Vfv7nGsmD7aiLHzgiFLK+Jzm9zmP2iLeo28wbTAdBgNVHQ4EFgQU6UO9VoKAIkbO
/0bGPZBkuoTXw4gwHwYDVR0jBBgwFoAU6UO9VoKAIkbO/0bGPZBkuoTXw4gwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgZ7F9qjh/ybzcq/pWbpaxQt42uuwVlVmsOV49HPiNHvECIECs
CUgZBZPBC04Z/sVWLyn+Z+NatMdd0oQwZEMdni1z
-----END CERTIFICATE-----
`;
