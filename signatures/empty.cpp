// SPDX-License-Identifier: Apache-2.0
// (first file of the folder; replaced as the folder fills)

