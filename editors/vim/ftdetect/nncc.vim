autocmd BufNewFile,BufRead *.nn setfiletype nncc
